import { GPTError } from "../errors";
import { isObject, isWhole, show } from "../values";

/** Fields of a `tokenizer.json`: each is read by its kind, and refused by its name. */
export type Table = Record<string, unknown>;

/** Throws a GPTError `bad-tokenizer`: what was found, what was expected or what to do. */
export function refuse(found: string, expected: string): never {
  throw new GPTError("bad-tokenizer", `The tokenizer: ${found}; ${expected}`);
}

export function tableAt(value: unknown, where: string): Table {
  if (isObject(value)) return value;
  return refuse(`${where} is ${show(value)}`, "expected an object; check that the address gives the file itself");
}

export function listAt(value: unknown, where: string): unknown[] {
  return Array.isArray(value) ? value : refuse(`${where} is ${show(value)}`, "expected an array");
}

export function flagAt(value: unknown, where: string, absent: boolean): boolean {
  if (value === undefined || value === null) return absent;
  return typeof value === "boolean" ? value : refuse(`${where} is ${show(value)}`, "expected true or false");
}

const LARGEST_ID = 0x7fff_ffff; // ids are handed out as an Int32Array

export function isId(value: unknown): value is number {
  return isWhole(value, 0, LARGEST_ID);
}

export function refuseId(value: unknown, where: string): never {
  return refuse(`${where} is ${show(value)}`, "expected an id from 0 to 2³¹ − 1");
}

export function idAt(value: unknown, where: string): number {
  return isId(value) ? value : refuseId(value, where);
}
