// Runs a module that needs nothing from its host. A panic is a trap, which ends node with an error and a backtrace.
import { readFile } from 'node:fs/promises';

const { instance } = await WebAssembly.instantiate(await readFile(process.argv[2]));
const status = instance.exports.main(0, 0);
console.log(`wasm32 under node: ended with ${status}`);
process.exit(status);
