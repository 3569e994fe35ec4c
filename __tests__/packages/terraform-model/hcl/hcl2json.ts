import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const home = path.dirname(require.resolve('@cdktf/hcl2json/package.json'));

type Parse = (file: string, text: string, done: (error: unknown, json: string) => void) => void;

/**
 * HashiCorp's own parser, compiled to WebAssembly: what it makes of a text is what ours must make of it. Its package waits in a
 * loop of timers; here it is started directly.
 * @returns a function that gives the JSON form, or throws with the parser's words
 */
export async function startHcl2json(): Promise<(text: string) => Promise<unknown>> {
  const shared = globalThis as unknown as {
    Go: new () => { importObject: unknown; run(instance: unknown): Promise<void> };
    WebAssembly: { instantiate(bytes: Uint8Array, imports: unknown): Promise<{ instance: unknown }> };
    __parse_terraform_config_wasm__: { parse: Parse };
  };
  require(path.join(home, 'wasm/bridge_wasm_exec.js'));
  const go = new shared.Go();
  shared.__parse_terraform_config_wasm__ = {} as { parse: Parse };
  const bytes = gunzipSync(readFileSync(path.join(home, 'main.wasm.gz')));
  const { instance } = await shared.WebAssembly.instantiate(new Uint8Array(bytes), go.importObject);
  void go.run(instance);
  const { parse } = shared.__parse_terraform_config_wasm__;
  return (text) =>
    new Promise((resolve, reject) => {
      parse('main.tf', text, (error, json) => (error ? reject(new Error(String(error))) : resolve(JSON.parse(json))));
    });
}
