import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Client } from 'pg'

/** Rows with all that COPY has to escape. */
export const AWKWARD_TEXTS = [
  '',
  '\\N',
  '\\.',
  'tab\there',
  'line\nbreak',
  'carriage\rreturn',
  'quote \' and double " and $$ and $a$',
  '-- no comment /* nor this */ ;',
  '\\! touch /tmp/never',
  'Ünïcödé Привет 漢字 😀',
]

const TABLES = `
CREATE TABLE ir_module_module (
  id serial PRIMARY KEY, name varchar NOT NULL UNIQUE, state varchar, latest_version varchar);
CREATE TABLE ir_config_parameter (
  id serial PRIMARY KEY, key varchar NOT NULL UNIQUE, value text,
  create_uid integer, create_date timestamp, write_uid integer, write_date timestamp);
CREATE TABLE ir_model_data (
  id serial PRIMARY KEY, module varchar NOT NULL, name varchar NOT NULL, model varchar NOT NULL, res_id integer);
CREATE TABLE ir_attachment (
  id serial PRIMARY KEY, name varchar NOT NULL, store_fname varchar, checksum varchar(40), file_size integer,
  db_datas bytea, create_date timestamp DEFAULT (now() AT TIME ZONE 'utc'::text));
CREATE INDEX ir_attachment_store_fname_index ON ir_attachment (store_fname) WHERE store_fname IS NOT NULL;
CREATE TABLE res_users (
  id serial PRIMARY KEY, login varchar NOT NULL, password varchar, active boolean DEFAULT true,
  CONSTRAINT res_users_login_check CHECK (char_length((login)::text) > 0));
CREATE TABLE ir_cron (
  id serial PRIMARY KEY, cron_name varchar, active boolean DEFAULT true, user_id integer REFERENCES res_users (id));
CREATE TABLE ir_mail_server (
  id serial PRIMARY KEY, name varchar NOT NULL, smtp_host varchar, smtp_port integer, smtp_user varchar,
  smtp_pass varchar, smtp_encryption varchar, smtp_authentication varchar, active boolean DEFAULT true);
CREATE TABLE "odd ""name"" Ж" (id bigserial PRIMARY KEY, "from" text, amount numeric, data jsonb, at timestamptz);
COMMENT ON TABLE "odd ""name"" Ж" IS 'It''s; a \\ comment -- with /* all';
CREATE VIEW active_users AS SELECT id, lower(login) AS login FROM res_users WHERE active ORDER BY id;
CREATE MATERIALIZED VIEW user_count AS SELECT count(*) AS users FROM res_users;
CREATE TYPE mood AS ENUM ('it''s', 'fine; really');
`

const ROWS = `
INSERT INTO ir_module_module (name, state, latest_version) VALUES
  ('base', 'installed', '16.0.1.3'), ('web', 'installed', '16.0.1.0'), ('mail', 'installed', '16.0.1.10'),
  ('sale', 'uninstalled', NULL);
INSERT INTO ir_config_parameter (key, value) VALUES
  ('database.uuid', '6ee1a0e4-89c2-11ee-a5a7-0242ac120002'), ('database.secret', 'original secret'),
  ('web.base.url', 'https://odoo.example.com');
INSERT INTO res_users (login, password) VALUES ('admin', 'hash'), ('demo', 'hash');
INSERT INTO ir_cron (cron_name, user_id) VALUES ('Autovacuum', 1), ('Send mail to customers', 1);
INSERT INTO ir_model_data (module, name, model, res_id) VALUES ('base', 'autovacuum_job', 'ir.cron', 1);
INSERT INTO ir_mail_server (name, smtp_host) VALUES ('Out', 'smtp.example.com');
REFRESH MATERIALIZED VIEW user_count;
`

export interface SampleOptions {
  /** How many stored files; 12 unless given. */
  readonly files?: number
  /** How many rows of bulk; 500 unless given. */
  readonly rows?: number
}

/**
 * Fills an empty database and an empty folder as an Odoo would: its tables by name and shape, awkward rows,
 * and stored files named by their SHA-1. Returns the stored names.
 */
export async function fillSample(client: Client, filestore: string, options: SampleOptions = {}) {
  await client.query(TABLES)
  await client.query(ROWS)
  for (const text of AWKWARD_TEXTS)
    await client.query('INSERT INTO "odd ""name"" Ж" ("from", amount, data, at) VALUES ($1, $2, $3, now())', [
      text,
      '12345678901234567890.123456789',
      JSON.stringify({ text }),
    ])
  await client.query(
    'INSERT INTO "odd ""name"" Ж" ("from", amount) SELECT repeat(md5(n::text), 4), n FROM generate_series(1, $1) n',
    [options.rows ?? 500],
  )
  const names: string[] = []
  for (let index = 0; index < (options.files ?? 12); index++) {
    // Sizes from nothing to some hundred kilobytes.
    const content = Buffer.from(`file ${index} `.repeat(index * index * 40))
    names.push(await storeFile(client, filestore, content))
  }
  return names
}

/** Stores one attachment as Odoo does: the file named by its content's SHA-1, the row naming the file. */
export async function storeFile(client: Client, filestore: string, content: Buffer): Promise<string> {
  const sha1 = createHash('sha1').update(content).digest('hex')
  const name = `${sha1.slice(0, 2)}/${sha1}`
  await mkdir(dirname(join(filestore, name)), { recursive: true })
  await writeFile(join(filestore, name), content)
  await client.query(
    'INSERT INTO ir_attachment (name, store_fname, checksum, file_size) VALUES ($1, $2, $3, $4)',
    [`attachment of ${content.length} bytes`, name, sha1, content.length],
  )
  return name
}
