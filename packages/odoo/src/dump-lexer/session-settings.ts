/** Settings that pg_dump writes, each with the values that it may have. */
const SETTINGS: Readonly<Record<string, RegExp>> = {
  statement_timeout: /^0$/,
  lock_timeout: /^0$/,
  idle_in_transaction_session_timeout: /^0$/,
  transaction_timeout: /^0$/,
  // In other encodings a quote may be half of a letter, and the dump could be read in two ways.
  client_encoding: /^(?:UTF8|SQL_ASCII|LATIN\d+|WIN125\d|KOI8[RU])$/i,
  standard_conforming_strings: /^on$/i,
  check_function_bodies: /^false$/i,
  xmloption: /^\w+$/,
  client_min_messages: /^\w+$/,
  row_security: /^off$/i,
  escape_string_warning: /^off$/i,
  default_tablespace: /^$/,
  default_table_access_method: /^heap$/i,
  default_with_oids: /^false$/i,
}

/** Empty from PostgreSQL 10.3 on; before, the schema of the next object and `pg_catalog`. */
const SEARCH_PATH = /^(?:public(?:, ?pg_catalog)?)?$/i
const ANY_SEARCH_PATH = /^[\w, ]*$/

/** What pg_dump gives to a setting; undefined for one that it is not known to write. */
export function expectedValue(setting: string, anySchema: boolean): RegExp | undefined {
  if (setting === 'search_path') return anySchema ? ANY_SEARCH_PATH : SEARCH_PATH
  return Object.hasOwn(SETTINGS, setting) ? SETTINGS[setting] : undefined
}
