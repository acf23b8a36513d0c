/**
 * Extensions of PostgreSQL that databases of Odoo use: its own (pg_trgm, unaccent), those of common add-ons
 * (PostGIS for maps, vector for searching by meaning), and harmless ones of PostgreSQL's own collection. None of
 * them gives a plain SQL expression files, programs, network or other databases; those that do (adminpack, dblink,
 * file_fdw, untrusted languages, pg_cron, …) need the administrator's word.
 */
const KNOWN = new Set([
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'earthdistance',
  'fuzzystrmatch',
  'hstore',
  'intarray',
  'isn',
  'ltree',
  'pg_stat_statements',
  'pg_trgm',
  'pgcrypto',
  'plpgsql',
  'postgis',
  'seg',
  'tablefunc',
  'unaccent',
  'uuid-ossp',
  'vector',
])

export function isKnownExtension(name: string): boolean {
  return KNOWN.has(name)
}
