import type { UserKey } from '@odoo-backup/protocol'
import {
  checkHealth,
  createHttpApp,
  createMetrics,
  finishHttpApp,
  type HealthOptions,
  healthRoutes,
  type Log,
  metricsRoutes,
  openApiRoutes,
  routerOf,
} from '@odoo-backup/service'
import type { Express } from 'express'
import { accountApiRoutes } from './account/account-api.ts'
import { accountRoutes } from './account/account-routes.ts'
import { createRechargeLinks, rechargeRoute } from './account/recharge-links.ts'
import { createAdminAccess } from './admin/admin-access.ts'
import { adminRoutes } from './admin/admin-routes.ts'
import { createAdminTokens } from './admin/admin-tokens.ts'
import type { WrittenEvent } from './audit/audit-rows.ts'
import { createChangeTrail } from './audit/change-trail.ts'
import { createGroupedAuditTrail } from './audit/grouped-audit-trail.ts'
import { createRateRefusals } from './audit/rate-refusals.ts'
import { openBilling } from './billing/open-billing.ts'
import type { BrokerJobs } from './billing/operation/broker-jobs.ts'
import { openBillingOperation } from './billing/operation/open-operation.ts'
import { logMissingPlans } from './billing/plans/missing-plans.ts'
import { stripeBody } from './billing/stripe/webhook.ts'
import { openBooksWitness } from './billing/witness/open-witness.ts'
import { cloudParamsRoute } from './compat/cloud-params.ts'
import { fetchNotificationsRoute } from './compat/fetch-notifications.ts'
import { openRechargeRoute } from './compat/open-recharge.ts'
import { limitAddresses } from './http/limit-addresses.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { createApprovedInstance } from './login/approved-instance.ts'
import { createAuthenticator } from './login/authenticator.ts'
import { createBind } from './login/bind.ts'
import { createBindingCodes } from './login/binding.ts'
import { bindingRoutes } from './login/binding-routes.ts'
import { consentRoutes } from './login/consent-routes.ts'
import { createConsents } from './login/consents.ts'
import { createCookies } from './login/cookies.ts'
import { createFormGuard } from './login/form-guard.ts'
import { loginProviders } from './login/login-providers.ts'
import { createLoginRequests } from './login/login-requests.ts'
import { loginRoutes } from './login/login-routes.ts'
import { createLoginStates } from './login/login-states.ts'
import { OPAQUE_ID } from './login/opaque-id.ts'
import { createSessions } from './login/sessions.ts'
import { whoHas } from './login/who-has.ts'
import { createNoticeBoard } from './notices/notice-board.ts'
import { createOperatorDoor } from './operators/operator-door.ts'
import { operatorConsole } from './operators/operator-routes.ts'
import { tellContact } from './pages/contact.ts'
import { formToken } from './pages/forms.ts'
import { keepLanguage, leadToItself, problemWording } from './pages/language.ts'
import { whereRegistryAnswers } from './pages/registry-away.ts'
import { firstConnected, openSharedRedis } from './redis.ts'
import type { AccountView } from './registry/accounts.ts'
import { openRegistryDatabase } from './registry/database.ts'
import { createInstances } from './registry/instances.ts'
import { createLastSeen } from './registry/last-seen.ts'
import { migrateRegistry } from './registry/migrate.ts'
import { recordingMissedChanges } from './registry/missed-changes.ts'
import { createStandingChanges } from './registry/standing-changes.ts'
import { startSweeper } from './registry/sweep.ts'
import type { BrokerSettings } from './settings.ts'
import { usageRoute } from './usage/usage-route.ts'
import { createCredentialDesk } from './vending/credential-desk.ts'
import { credentialsRoute } from './vending/credentials-route.ts'
import { openVending } from './vending/open-vending.ts'
import { vendingConfiguration } from './vending/vending-settings.ts'

/** What the broker takes from the world; tests pass their own. */
export interface BrokerDependencies {
  readonly log: Log
  readonly now: () => Date
  readonly random: () => number
  /** For calls to log-in and payment services. */
  readonly fetch: typeof globalThis.fetch
}

export interface Broker {
  readonly app: Express
  /** Begins the work by the clock: renewal, sampling, forecasts. Once across replicas. */
  startJobs(): Promise<void>
  /** Lets go of databases and timers; the HTTP server is closed before. */
  close(): Promise<void>
}

/** Puts the broker together: the one place where its parts meet. Migrates the registry first. */
export async function createBroker(
  settings: BrokerSettings,
  dependencies: BrokerDependencies,
): Promise<Broker> {
  const { log, now, random, fetch } = dependencies
  const onFailure = (what: string) => (error: unknown) => log.error({ err: error }, what)
  const publicUrl = settings.BROKER_PUBLIC_URL
  const behindTls = publicUrl.startsWith('https:')

  const applied = await migrateRegistry(settings.BROKER_DATABASE_URL)
  if (applied.length > 0) log.info({ migrations: applied }, 'the registry was migrated')
  const database = openRegistryDatabase({
    databaseUrl: settings.BROKER_DATABASE_URL,
    maxConnections: settings.BROKER_DATABASE_CONNECTIONS,
    onIdleError: error => log.warn({ reason: error.message }, 'an idle database connection broke'),
  })
  const { prisma, pool } = database
  const shared =
    settings.BROKER_REDIS_URL === undefined
      ? undefined
      : openSharedRedis(settings.BROKER_REDIS_URL, settings.BROKER_REDIS_PREFIX, error =>
          log.warn({ reason: error.message }, 'Redis is away'),
        )
  if (shared !== undefined) await firstConnected(shared)
  const witness = await openBooksWitness(settings, shared, { makes: true })

  // Copied at every level but `silent`: an operator who wants fewer lines still wants these.
  const auditLog = log.level === 'silent' ? log : log.child({}, { level: 'info' })
  const written = {
    now: () => now().getTime(),
    copy: (event: WrittenEvent) => auditLog.info({ audit: event }, 'audit'),
  }
  const audit = createGroupedAuditTrail({ pool, ...written })
  const changeTrail = createChangeTrail({ prisma, ...written })
  const rateRefusals = createRateRefusals({
    audit,
    onFailure: onFailure('writing which requests were too many'),
  })
  const lastSeen = createLastSeen(pool, now, onFailure('writing when instances were last seen'))
  const instances = createInstances({ database, keyRing: settings.BROKER_HASHING_KEYS, lastSeen, now })
  const metrics = createMetrics()
  const vending = await openVending({
    configuration: vendingConfiguration(settings),
    instances,
    shared,
    now: () => now().getTime(),
    random,
    onVend: metrics.counter({
      name: 'vended_credentials_total',
      help: 'Credentials handed out: kept before, issued now, or overdue, served in an outage of the token service.',
      label: 'source',
    }),
    onFailure: (what, error) => log.error({ err: error }, what),
  })
  const perSeconds = settings.BROKER_RATE_SECONDS
  const keyLimit = createRateLimit<UserKey>({
    name: 'key',
    requests: settings.BROKER_RATE_PER_KEY,
    perSeconds,
    shared,
    whose: async userKey => whoHas(await vending.instances.standing(userKey)),
  })
  const addressLimit = createRateLimit({
    name: 'address',
    requests: settings.BROKER_RATE_PER_ADDRESS,
    perSeconds,
    shared,
  })
  const standingChanges = recordingMissedChanges(
    createStandingChanges({ changeTrail, changes: vending.changes, now }),
    audit,
  )

  const notices = createNoticeBoard(prisma, now)
  const rechargeLinks = createRechargeLinks({ prisma, publicUrl, now })
  const billing = openBilling({
    settings,
    database,
    notices,
    rechargeLink: rechargeLinks.create,
    witness,
    fetch,
    now,
    log,
  })
  await logMissingPlans({ pool, plans: billing.plans, log })
  const { rechargeUrl, control } = billing
  const operation = openBillingOperation({ settings, database, billing, notices, audit, metrics, now, log })
  const desk = createCredentialDesk({
    vendor: vending.vendor,
    entitlement: billing.entitlement,
    instances: vending.instances,
    audit,
  })

  const states = createLoginStates(database, now)
  const authenticator = createAuthenticator(loginProviders(settings, { states, fetch }))
  const loginRequests = createLoginRequests({
    prisma,
    instances,
    publicUrl,
    pendingPerAddress: settings.BROKER_PENDING_LOGINS_PER_ADDRESS,
    now,
  })
  const consents = createConsents({ prisma, changeTrail, now })
  const sessions = createSessions(prisma, now)
  const cookies = createCookies({ secure: behindTls })
  const forms = createFormGuard({ sessions, cookies, audit, now })
  const codes = createBindingCodes({ prisma, now })
  const bind = createBind({ codes, instances, changes: vending.changes, changeTrail })
  const door = createOperatorDoor({ operators: settings.BROKER_OPERATORS, sessions, cookies, forms, audit })
  const isOperator = (account: AccountView) => door.roleOf(account) !== undefined
  const approvedInstance = createApprovedInstance({
    instances: vending.instances,
    loginRequests,
    audit,
    keyLimit,
  })

  const adminAccess = createAdminAccess({
    tokens: createAdminTokens({ prisma, now }),
    audit,
    refusalLimit: createRateLimit({ name: 'admin-refused', requests: 10, perSeconds: 60, shared }),
  })
  const adminCalls = operation.adminCalls({ access: adminAccess })
  const registry = async () => {
    await database.ping()
    return 'ok' as const
  }
  const healthOptions: HealthOptions = {
    checks: {
      database: registry,
      ...(shared === undefined
        ? {}
        : {
            redis: async () => {
              await shared.redis.ping()
              return 'ok' as const
            },
          }),
      // Judged by the last real call, and never a reason to leave service: kept credentials are still served.
      sts: vending.tokenServiceHealth,
    },
  }

  const registryHealth = () => checkHealth({ checks: { registry } })
  const operatorPages = operatorConsole({
    door,
    prisma,
    audit,
    books: operation.books,
    control,
    ownWork: operation.ownWork,
    health: () => checkHealth(healthOptions),
    registry: registryHealth,
    standingChanges,
    billingChanges: operation.changes,
  })
  const logIn = loginRoutes({
    prisma,
    authenticator,
    loginRequests,
    consents,
    sessions,
    cookies,
    audit,
    isOperator,
    now,
  })
  const routes = [
    credentialsRoute({ desk, instances: vending.instances, loginRequests, audit, keyLimit }),
    ...bindingRoutes({ instances: vending.instances, audit, loginRequests, bind, keyLimit }),
    ...accountApiRoutes({
      prisma,
      approvedInstance,
      notices,
      rechargeLinks,
      rechargeUrl,
      credit: operation.balance,
    }),
    cloudParamsRoute({ prisma, instances: vending.instances, loginRequests, bind, desk, audit, keyLimit }),
    fetchNotificationsRoute({ instances: vending.instances, notices, audit, keyLimit }),
    openRechargeRoute({ instances: vending.instances, audit, rechargeUrl, keyLimit }),
    logIn.returning,
    ...whereRegistryAnswers({ registry: registryHealth, told: 'accountsAway', lead: leadToItself }, [
      ...logIn.asking,
      ...consentRoutes({ consents, sessions, cookies, forms, audit, notices, publicUrl, now }),
      ...accountRoutes({
        prisma,
        sessions,
        cookies,
        forms,
        standingChanges,
        audit,
        changeTrail,
        codes,
        credentialMinutes: Math.ceil(settings.BROKER_CREDENTIAL_TTL_SECONDS / 60),
        isOperator,
        rechargeUrl,
        sections: [(account, session) => operation.accountSection(account, formToken(session))],
      }),
      rechargeRoute({ prisma, rechargeUrl, now }),
    ]),
    ...adminRoutes({
      access: adminAccess,
      audit,
      prisma,
      standingChanges,
    }),
    usageRoute({ pool, approvedInstance }),
    ...adminCalls.routes,
    ...operation.stripeRoutes,
    ...operatorPages.routes,
    ...metricsRoutes(metrics),
  ]
  const health = healthRoutes(healthOptions)

  const app = createHttpApp({
    log,
    trustedProxies: settings.BROKER_TRUSTED_PROXIES,
    behindTls,
    metrics,
    secretSegment: OPAQUE_ID,
    // Who asks for the health is never refused.
    beforeBody: [
      tellContact(settings.BROKER_CONTACT),
      routerOf(health),
      limitAddresses(addressLimit),
      stripeBody,
    ],
  })
  app.use(keepLanguage({ secure: behindTls }))
  app.use(routerOf(routes))
  app.use(routerOf(openApiRoutes([...routes, ...health], { title: 'odoo-backup.sh broker', version: '1' })))
  app.use(adminCalls.noteUnread)
  app.use(operatorPages.noteUnread)
  app.use(rateRefusals.note)
  finishHttpApp(app, { log, wording: problemWording })

  // Before any request writes a row: those that a rollback took are seen as missing only until others take their numbers.
  await control.rest().catch(onFailure('looking whether the registry was rolled back'))

  const sweeper = startSweeper(prisma, now, onFailure('sweeping the registry'))
  let jobs: BrokerJobs | undefined
  return {
    app,
    async startJobs() {
      jobs = await operation.startJobs()
    },
    async close() {
      await jobs?.close()
      await sweeper.stop()
      await rateRefusals.stop()
      await lastSeen.stop()
      await control.close()
      await vending.close()
      shared?.redis.disconnect()
      await database.close()
    },
  }
}
