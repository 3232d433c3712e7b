import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** Types of the system catalogues that the adapter does not know, read as their text relatives. */
const CHAR = 18;
const READ_AS = { [CHAR]: pg.types.builtins.TEXT, 19: pg.types.builtins.TEXT, 1003: 1009 };

function openPool(url, database) {
  const target = new URL(url);
  if (database) target.pathname = `/${encodeURIComponent(database)}`;
  return new pg.Pool({ connectionString: target.href, max: 1, idleTimeoutMillis: 0 });
}

const databaseOf = (url) => decodeURIComponent(new URL(url).pathname.slice(1));
const quoted = (name) => pg.escapeIdentifier(name);

async function runOnce(url, database, sql) {
  const pool = openPool(url, database);
  try {
    await pool.query(sql);
  } finally {
    await pool.end();
  }
}

export const createDatabase = (url) => runOnce(url, 'postgres', `CREATE DATABASE ${quoted(databaseOf(url))}`);
export const dropDatabase = (url) => runOnce(url, 'postgres', `DROP DATABASE ${quoted(databaseOf(url))} WITH (FORCE)`);
export const ping = (url) => runOnce(url, undefined, 'SELECT 1');

/** The `pg` adapter with what the schema engine needs and the adapter lacks. */
export class EngineAdapterFactory extends PrismaPg {
  #url;
  /** What the server said to the last script that failed: of that the engine tells no code. */
  scriptFault = null;

  constructor(url) {
    super(openPool(url));
    this.#url = url;
  }

  async connect() {
    return complete(await super.connect(), (error) => {
      this.scriptFault = { code: error.code ?? null, message: error.message };
    });
  }

  /** A fresh database each: the adapter's own shadow database is the real one. */
  async connectToShadowDb() {
    const name = `shadow_${randomUUID().replaceAll('-', '')}`;
    await runOnce(this.#url, undefined, `CREATE DATABASE ${quoted(name)}`);
    const pool = openPool(this.#url, name);
    const adapter = complete(await new PrismaPg(pool).connect(), () => {});
    adapter.dispose = async () => {
      await pool.end();
      await runOnce(this.#url, undefined, `DROP DATABASE ${quoted(name)} WITH (FORCE)`);
    };
    return adapter;
  }
}

function complete(adapter, onScriptFault) {
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  let charColumns = [];
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    const fields = result.fields ?? [];
    charColumns = fields.flatMap((field, i) => (field.dataTypeID === CHAR ? [i] : []));
    for (const field of fields) field.dataTypeID = READ_AS[field.dataTypeID] ?? field.dataTypeID;
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const i of charColumns) result.columnTypes[i] = ColumnTypeEnum.Character;
    return result;
  };
  // the adapter cuts scripts at every ";", which breaks function bodies; the server runs them whole and atomically
  adapter.executeScript = (script) =>
    adapter.client.query(script).then(
      () => undefined,
      (error) => {
        onScriptFault(error);
        return adapter.onError(error);
      },
    );
  return adapter;
}
