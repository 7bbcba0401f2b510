import { chunk } from "../chunk";
import type { Machine } from "../machine/assemble";
import { isWhole, show } from "../values";
import { Sequence } from "./sequence";

/** A text that goes on from call to call, and what the model has read of it. */
export class Session {
  constructor(
    private readonly machine: Machine,
    public ids: number[] = [],
    private read?: Sequence,
  ) {}

  /** What the model has read of it; the cache is taken with the first call that reads. */
  get sequence(): Sequence {
    this.read ??= new Sequence(this.machine);
    return this.read;
  }

  fork(): Session {
    return new Session(this.machine, [...this.ids], this.read?.fork(this.read.contextLength));
  }

  /** The ids that the model has read and that are still part of the text, and their keys and values. */
  saved(): { read: number[]; cache: Uint8Array } {
    const { ids, read } = this;
    if (read && ids.length <= read.contextLength) read.keepCommon(ids); // no position that was taken back
    return { read: [...(read?.ids ?? [])], cache: read?.cache.save() ?? new Uint8Array() };
  }

  dispose(): void {
    this.read?.dispose();
  }
}

/** What is saved, and the text that it holds. */
export interface SavedSession {
  ids: number[];
  bytes: Uint8Array<ArrayBuffer>;
}

/** How a session is saved is a chunk of its own. */
const sessionFile = () => chunk(import("./session-file"));

/** The sessions of a model, by the numbers that the page gave them. One that is not there yet is empty. */
export class Sessions {
  private readonly sessions = new Map<number, Session>();

  constructor(private readonly machine: Machine) {}

  open(id: number): Session {
    const session = this.sessions.get(id) ?? new Session(this.machine);
    this.sessions.set(id, session);
    return session;
  }

  /** Session `to` begins as a copy of session `id`; returns its ids. */
  fork(id: number, to: number): number[] {
    const session = this.open(id);
    this.sessions.set(to, session.fork());
    return session.ids;
  }

  /** Forgets the last `count` ids; returns those that stay. */
  rewind(id: number, count: number): number[] {
    const session = this.open(id);
    const { length } = session.ids;
    if (!isWhole(count, 0, length))
      throw new TypeError(
        `rewind: found ${show(count)}; allowed: a whole number from 0 to ${length}, the session's length`,
      );
    session.ids.length -= count;
    return session.ids;
  }

  async save(id: number): Promise<SavedSession> {
    const { expectedOf, writeSession } = await sessionFile();
    const session = this.open(id);
    const { ids } = session;
    const { read, cache } = session.saved();
    return { ids, bytes: writeSession({ ...expectedOf(this.machine), ids, read }, cache) };
  }

  /** Becomes what was saved; returns its ids. Throws `GPTError` for one of another model, or a damaged one. */
  async restore(id: number, bytes: Uint8Array): Promise<number[]> {
    if (!(bytes instanceof Uint8Array))
      throw new TypeError(`restore: found ${show(bytes)}; allowed: the Uint8Array that save() gave`);
    const { expectedOf, readSession } = await sessionFile();
    const session = this.open(id);
    const { header, cache } = readSession(bytes, expectedOf(this.machine));
    session.sequence.restore(header.read, cache);
    session.ids = header.ids;
    return session.ids;
  }

  end(id: number): void {
    this.sessions.get(id)?.dispose();
    this.sessions.delete(id);
  }
}
