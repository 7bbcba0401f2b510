import { sizes, sizeTable } from "./size-report.ts";

console.log(sizeTable(sizes()));
