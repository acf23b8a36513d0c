import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { TestInstance } from '../testing/instance.ts'
import { addonsFolders, missingModules } from './addons.ts'
import { neutralise } from './neutralise.ts'

let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
})
afterAll(() => instance.close())

/** Tables of modules that call the outside, as Odoo 16 has them, each with a live row. */
const OUTSIDE_16 = `
CREATE TABLE fetchmail_server (id serial, name varchar, active boolean);
INSERT INTO fetchmail_server (name, active) VALUES ('in', true);
CREATE TABLE payment_provider (id serial, name varchar, state varchar NOT NULL, stripe_secret_key varchar,
  stripe_webhook_secret varchar, paypal_email_account varchar, adyen_api_key varchar NOT NULL DEFAULT 'k');
INSERT INTO payment_provider (name, state, stripe_secret_key, stripe_webhook_secret, paypal_email_account)
  VALUES ('Stripe', 'enabled', 'sk_live_1', 'whsec_1', 'shop@example.com');
CREATE TABLE delivery_carrier (id serial, prod_environment boolean);
INSERT INTO delivery_carrier (prod_environment) VALUES (true);
CREATE TABLE iap_account (id serial, account_token varchar);
INSERT INTO iap_account (account_token) VALUES ('abc'), ('def+disabled');
CREATE TABLE auth_oauth_provider (id serial, enabled boolean, client_id varchar);
INSERT INTO auth_oauth_provider (enabled) VALUES (true);
CREATE TABLE google_calendar_credentials (id serial, calendar_rtoken varchar, calendar_token varchar);
INSERT INTO google_calendar_credentials (calendar_rtoken, calendar_token) VALUES ('r', 't');
CREATE TABLE res_company (id serial, l10n_es_edi_test_env boolean, l10n_in_edi_production_env boolean);
INSERT INTO res_company (l10n_es_edi_test_env, l10n_in_edi_production_env) VALUES (false, true);
CREATE TABLE website (id serial, domain varchar, cdn_activated boolean, robots_txt text);
INSERT INTO website (domain, cdn_activated) VALUES ('https://shop.example.com', true);
CREATE TABLE ir_ui_view (id serial, key varchar, active boolean);
INSERT INTO ir_ui_view (key, active) VALUES ('website.neutralize_ribbon', false), ('website.layout', false);
CREATE TABLE mail_push_device (id serial, endpoint varchar);
INSERT INTO mail_push_device (endpoint) VALUES ('https://push.example.com/1');
CREATE TABLE account_online_link (id serial, client_id varchar, provider_data varchar);
INSERT INTO account_online_link (client_id, provider_data) VALUES ('c', 'd');
CREATE TABLE voip_provider (id serial, mode varchar);
INSERT INTO voip_provider (mode) VALUES ('prod');
INSERT INTO ir_config_parameter (key, value) VALUES
  ('mail.web_push_vapid_private_key', 'k'), ('account_edi_proxy_client.demo', 'prod');
CREATE TABLE ir_act_server (id serial, webhook_url varchar);
INSERT INTO ir_act_server (webhook_url) VALUES ('https://hooks.example.com/x');
CREATE TABLE mail_template (id serial, mail_server_id integer);
INSERT INTO mail_template (mail_server_id) VALUES (1);
`

test('nothing of a neutralised database reaches the outside', async () => {
  const name = await instance.createSample({ files: 1 })
  await instance.rows(name, OUTSIDE_16)
  const report = await instance.cluster.withClient(name, client => neutralise(client))
  const value = async (sql: string) => (await instance.rows<{ v: unknown }>(name, sql)).map(row => row.v)
  expect(await value('SELECT name AS v FROM ir_mail_server WHERE active')).toEqual([
    'neutralization - disable emails',
  ])
  expect(await value('SELECT smtp_host AS v FROM ir_mail_server WHERE active')).toEqual(['invalid'])
  expect(await value('SELECT cron_name AS v FROM ir_cron WHERE active')).toEqual(['Autovacuum'])
  expect(await value('SELECT name AS v FROM fetchmail_server WHERE active')).toEqual([])
  expect(
    await instance.rows(
      name,
      'SELECT state, stripe_secret_key, stripe_webhook_secret, adyen_api_key, paypal_email_account FROM payment_provider',
    ),
  ).toEqual([
    {
      state: 'disabled',
      stripe_secret_key: null,
      stripe_webhook_secret: null,
      adyen_api_key: '',
      paypal_email_account: 'shop@example.com',
    },
  ])
  expect(await value('SELECT prod_environment AS v FROM delivery_carrier')).toEqual([false])
  expect(await value('SELECT account_token AS v FROM iap_account ORDER BY id')).toEqual([
    'abc+disabled',
    'def+disabled',
  ])
  expect(await value('SELECT enabled AS v FROM auth_oauth_provider')).toEqual([false])
  expect(
    await value('SELECT concat(calendar_rtoken, calendar_token) AS v FROM google_calendar_credentials'),
  ).toEqual([''])
  expect(
    await instance.rows(
      name,
      'SELECT l10n_es_edi_test_env AS a, l10n_in_edi_production_env AS b FROM res_company',
    ),
  ).toEqual([{ a: true, b: false }])
  expect(await value('SELECT domain AS v FROM website')).toEqual([null])
  expect(await instance.rows(name, 'SELECT cdn_activated, robots_txt FROM website')).toEqual([
    { cdn_activated: false, robots_txt: 'User-agent: *\nDisallow: /' },
  ])
  expect(await value('SELECT key AS v FROM ir_ui_view WHERE active')).toEqual(['website.neutralize_ribbon'])
  expect(await value('SELECT endpoint AS v FROM mail_push_device')).toEqual([])
  expect(await instance.rows(name, 'SELECT client_id, provider_data FROM account_online_link')).toEqual([
    { client_id: 'duplicate', provider_data: null },
  ])
  expect(await value('SELECT mode AS v FROM voip_provider')).toEqual(['demo'])
  expect(await value("SELECT value AS v FROM ir_config_parameter WHERE key ~ 'vapid|edi_proxy'")).toEqual([
    'demo',
  ])
  expect(await value('SELECT webhook_url AS v FROM ir_act_server')).toEqual([null])
  expect(await value('SELECT mail_server_id AS v FROM mail_template')).toEqual([null])
  expect(
    await value("SELECT value AS v FROM ir_config_parameter WHERE key = 'database.is_neutralized'"),
  ).toEqual(['true'])
  expect(report.statements).toContainEqual({
    step: 'purchase_tokens',
    what: 'tokens of in-app purchases disabled',
    rows: 1,
  })
  expect(report.modules).toEqual([])
  expect(report.notCovered).toEqual([])
})

test('the tables of Odoo 12 are neutralised too', async () => {
  const name = await instance.createSample({ files: 1 })
  await instance.rows(
    name,
    `CREATE TABLE payment_acquirer (id serial, environment varchar, website_published boolean, ogone_password varchar);
     INSERT INTO payment_acquirer (environment, website_published, ogone_password) VALUES ('prod', true, 'x');
     ALTER TABLE ir_mail_server DROP COLUMN smtp_authentication;
     ALTER TABLE res_users ADD google_calendar_rtoken varchar;
     UPDATE res_users SET google_calendar_rtoken = 'r'`,
  )
  await instance.cluster.withClient(name, client => neutralise(client))
  expect(
    await instance.rows(name, 'SELECT environment, website_published, ogone_password FROM payment_acquirer'),
  ).toEqual([{ environment: 'test', website_published: false, ogone_password: null }])
  expect(await instance.rows(name, 'SELECT FROM res_users WHERE google_calendar_rtoken IS NOT NULL')).toEqual(
    [],
  )
})

test('no trigger and no rule of the database has a say in it, and each is as it was afterwards', async () => {
  const name = await instance.createSample({ files: 1 })
  await instance.rows(
    name,
    `${OUTSIDE_16}
     CREATE TABLE seen (what text);
     CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       INSERT INTO seen VALUES (TG_NAME);
       RETURN OLD;
     END $$;
     CREATE TRIGGER usual BEFORE UPDATE ON ir_cron FOR EACH ROW EXECUTE FUNCTION undo();
     CREATE TRIGGER "al""ways" BEFORE UPDATE ON iap_account FOR EACH ROW EXECUTE FUNCTION undo();
     ALTER TABLE iap_account ENABLE ALWAYS TRIGGER "al""ways";
     CREATE TRIGGER replica BEFORE UPDATE ON website FOR EACH ROW EXECUTE FUNCTION undo();
     ALTER TABLE website ENABLE REPLICA TRIGGER replica;
     CREATE TRIGGER off BEFORE UPDATE ON website FOR EACH ROW EXECUTE FUNCTION undo();
     ALTER TABLE website DISABLE TRIGGER off;
     CREATE RULE never AS ON UPDATE TO fetchmail_server DO INSTEAD NOTHING;
     CREATE RULE told AS ON UPDATE TO ir_act_server DO ALSO INSERT INTO seen VALUES ('told');
     CREATE TABLE doubtful (device integer);
     ALTER TABLE mail_push_device ADD PRIMARY KEY (id);
     ALTER TABLE doubtful ADD FOREIGN KEY (device) REFERENCES mail_push_device ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
     INSERT INTO doubtful SELECT id FROM mail_push_device;
     CREATE TRIGGER gone AFTER DELETE ON doubtful FOR EACH ROW EXECUTE FUNCTION undo();`,
  )
  const states = () =>
    instance.rows(
      name,
      `SELECT tgname AS name, tgenabled::text AS state FROM pg_trigger WHERE NOT tgisinternal
       UNION SELECT rulename, ev_enabled::text FROM pg_rewrite JOIN pg_class c ON c.oid = ev_class
       WHERE c.relnamespace = 'public'::regnamespace AND ev_type <> '1' ORDER BY 1`,
    )
  const before = await states()
  expect(before).toHaveLength(7)
  await instance.cluster.withClient(name, client => neutralise(client))
  const value = async (sql: string) => (await instance.rows<{ v: unknown }>(name, sql)).map(row => row.v)
  expect(await value('SELECT what AS v FROM seen')).toEqual([])
  expect(await value('SELECT cron_name AS v FROM ir_cron WHERE active')).toEqual(['Autovacuum'])
  expect(await value('SELECT account_token AS v FROM iap_account ORDER BY id')).toEqual([
    'abc+disabled',
    'def+disabled',
  ])
  expect(await value('SELECT name AS v FROM fetchmail_server WHERE active')).toEqual([])
  expect(await value('SELECT webhook_url AS v FROM ir_act_server')).toEqual([null])
  // Foreign keys are no triggers of its own.
  expect(await value('SELECT device AS v FROM doubtful')).toEqual([])
  expect(await states()).toEqual(before)
})

test('neutralising again changes nothing', async () => {
  const name = await instance.createSample({ files: 1 })
  await instance.rows(name, OUTSIDE_16)
  await instance.cluster.withClient(name, client => neutralise(client))
  const again = await instance.cluster.withClient(name, client => neutralise(client))
  expect(again.statements.filter(statement => statement.rows > 0)).toEqual([])
})

/** An addons path with modules of a test's own. */
async function addons(modules: Readonly<Record<string, string | undefined>>): Promise<string> {
  const path = join(instance.dataDir, instance.name())
  for (const [module, sql] of Object.entries(modules)) {
    await mkdir(join(path, module, 'data'), { recursive: true })
    await writeFile(join(path, module, '__manifest__.py'), '{}')
    if (sql !== undefined) await writeFile(join(path, module, 'data/neutralize.sql'), sql)
  }
  return path
}

test("modules whose code is there run their own neutralize.sql, and only the rest is 'not covered'", async () => {
  const name = await instance.createSample({ files: 1 })
  await instance.rows(
    name,
    "INSERT INTO ir_module_module (name, state) VALUES ('custom', 'installed'), ('lost', 'installed')",
  )
  const path = await addons({
    custom:
      "-- ours\nUPDATE res_users SET login = 'neutral' WHERE id = 2;\nUPDATE res_users SET active = false WHERE id = 2;",
    web: undefined,
    sale: 'SELECT no_such_function();',
  })
  const report = await instance.cluster.withClient(name, client =>
    neutralise(client, { addonsPaths: [path] }),
  )
  expect(report.modules).toEqual(['custom'])
  expect(report.notCovered).toEqual(['lost'])
  expect(await instance.rows(name, 'SELECT login, active FROM res_users WHERE id = 2')).toEqual([
    { login: 'neutral', active: false },
  ])
})

test('modules are looked for where Odoo looks: addons_path, its own source, its package, the data directory', async () => {
  const root = join(instance.dataDir, instance.name())
  const module = async (...path: string[]) => {
    await mkdir(join(root, ...path), { recursive: true })
    await writeFile(join(root, ...path, '__manifest__.py'), '{}')
  }
  const settings = { addonsPaths: [join(root, 'extra')], dataDir: join(root, 'data') }
  // Odoo Studio's is in the database alone: no server lacks it.
  const modules = ['base', 'web', 'custom', 'downloaded', 'lost', 'studio_customization']
  const lacking = async () =>
    missingModules(modules, await addonsFolders(settings, [join(root, 'dist-packages/odoo')]))
  await module('extra/custom')
  expect(await lacking()).toBeUndefined()
  await module('dist-packages/odoo/addons/base')
  await module('dist-packages/odoo/addons/web')
  expect(await lacking()).toEqual(['downloaded', 'lost'])
  await module('data/addons/16.0/downloaded')
  expect(await lacking()).toEqual(['lost'])
})

test('a neutralize.sql that fails leaves the database as it was', async () => {
  const name = await instance.createSample({ files: 1 })
  const path = await addons({ mail: 'SELECT no_such_function();' })
  const failing = instance.cluster.withClient(name, client => neutralise(client, { addonsPaths: [path] }))
  await expect(failing).rejects.toMatchObject({
    code: 'load_failed',
    message: expect.stringMatching(/module mail/),
  })
  expect(await instance.rows(name, "SELECT FROM ir_mail_server WHERE active AND name = 'Out'")).toHaveLength(
    1,
  )
})
