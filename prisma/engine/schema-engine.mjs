#!/usr/bin/env node
// Prisma's schema engine as a program that needs no download: the CLI starts it in place of the native binary
// (PRISMA_SCHEMA_ENGINE_BINARY) and talks JSON-RPC over stdin and stdout, a message a line.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import { createDatabase, dropDatabase, EngineAdapterFactory, ping } from './adapter.mjs';

const UNREACHABLE = 'postgresql://127.0.0.1:1/none';
/** JSON-RPC names that differ from the WebAssembly engine's. */
const METHODS = { getDatabaseVersion: 'version' };

const options = readArguments(process.argv.slice(2));
if (options.command) await runCommand(options.command, options.url);
else await serve(options);
process.exit(0);

/** `--datamodels PATH`, `--datasource JSON`, and `cli COMMAND` for the commands that are no part of the protocol. */
function readArguments(args) {
  const read = { datamodels: [], url: UNREACHABLE, command: undefined };
  for (let i = 0; i < args.length; i += 1) {
    if (args[i] === '--datamodels') {
      i += 1;
      read.datamodels.push([args[i], readFileSync(args[i], 'utf8')]);
    } else if (args[i] === '--datasource') {
      i += 1;
      read.url = JSON.parse(args[i]).url;
    } else if (args[i] === 'cli') read.command = args[i + 1];
  }
  return read;
}

async function runCommand(command, url) {
  const run = { 'create-database': createDatabase, 'drop-database': dropDatabase }[command] ?? ping;
  try {
    await run(url);
  } catch (error) {
    const fields = { error_code: error.code === '3D000' ? 'P1003' : 'P1001', message: error.message };
    console.error(JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields }));
    process.exit(1);
  }
}

async function serve({ datamodels, url }) {
  loadWasm();
  const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const log = (line) => process.stderr.write(`${line}\n`);
  const adapters = new EngineAdapterFactory(url);
  let engine;
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line);
    if (!method) continue; // an answer to one of our own messages
    try {
      engine ??= await glue.SchemaEngine.new(
        { datamodels: datamodels.length > 0 ? datamodels : undefined },
        log,
        bindMigrationAwareSqlAdapterFactory(adapters),
      );
      const argument = Array.isArray(params) ? params[0] : params;
      const result = (await engine[METHODS[method] ?? method](argument)) ?? null;
      // the native engine prints a diff by itself
      if (method === 'diff' && result?.stdout)
        send({ id: `print-${id}`, method: 'print', params: { content: result.stdout } });
      send({ id, result });
    } catch (error) {
      const data = {
        is_panic: false,
        message: error.message,
        meta: error.meta ?? null,
        script_fault: adapters.scriptFault,
        error_code: error.code ?? null,
      };
      send({ id, error: { code: 4466, message: 'An error happened. Check the data field for details.', data } });
    }
  }
}

function loadWasm() {
  const glueUrl = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = new WebAssembly.Module(readFileSync(new URL('schema_engine_bg.wasm', glueUrl)));
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': glue });
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => console.error(JSON.stringify({ level: 'ERROR', fields: { message } })),
  };
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}
