import { expect, test } from '@jest/globals'
import { type Environment, readSettings } from '@odoo-backup/service'
import { z } from 'zod'
import { SharedRedisSettings } from '../redis.ts'
import { keptTogether } from '../settings-together.ts'
import { BillingSettings, configuredPlans, paymentMethod } from './billing-settings.ts'
import { StateFolderSettings } from './witness/state-folder.ts'

const Settings = keptTogether(
  z.object({ ...BillingSettings.shape, ...SharedRedisSettings.shape, ...StateFolderSettings.shape }),
)
const alone = (environment: Environment) => readSettings(Settings, environment)
const read = (environment: Environment) => alone({ BROKER_STATE_FOLDER: '/var/lib/broker', ...environment })
const plans = JSON.stringify([
  { name: 'small', creditsPerMonth: 5, creditsPerFurtherGigabyte: 1, storageCapGigabytes: 3 },
  { name: 'large', creditsPerMonth: 9.5 },
])
const prices = (environment: Environment) => {
  const found = configuredPlans(read(environment))
  return found.names.map(name => `${name} ${found.find(name)?.creditsPerMonth}`)
}

test.each<[string, Environment, string, string[]]>([
  ['a service key', { BROKER_IAP_SERVICE_KEY: 'k' }, 'iap', ['standard 10000']],
  ['nothing at all', {}, 'none', ['standard 0']],
  ['plans without a means of payment', { BROKER_PLANS: plans }, 'none', ['small 0', 'large 0']],
  ['plans and none', { BROKER_PAYMENT: 'none', BROKER_PLANS: plans }, 'none', ['small 0', 'large 0']],
  [
    'prepaid plans',
    { BROKER_PAYMENT: 'prepaid', BROKER_PLANS: plans },
    'prepaid',
    ['small 5000', 'large 9500'],
  ],
  [
    'prepaid beside a service key',
    { BROKER_PAYMENT: 'prepaid', BROKER_IAP_SERVICE_KEY: 'k', BROKER_MONTHLY_CREDITS: '0.125' },
    'prepaid',
    ['standard 125'],
  ],
])('with %s', (_name, environment, method, expected) => {
  expect(paymentMethod(read(environment))).toBe(method)
  expect(prices(environment)).toEqual(expected)
})

test('without a means of payment storage is free too, and the cap stays', () => {
  expect(configuredPlans(read({ BROKER_PLANS: plans })).standard).toMatchObject({
    creditsPerFurtherGigabyte: 0,
    storageCapGigabytes: 3,
  })
})

test.each<[Environment, RegExp]>([
  [{ BROKER_PAYMENT: 'iap' }, /BROKER_IAP_SERVICE_KEY: is not set/],
  [{ BROKER_PAYMENT: 'prepaid', BROKER_STRIPE_WEBHOOK_SECRET: 'x' }, /BROKER_STRIPE_WEBHOOK_SECRET/],
  [{ BROKER_STRIPE_PAYMENT_LINK: 'https://buy.example/x' }, /BROKER_STRIPE_PAYMENT_LINK/],
  [{ BROKER_MONTHLY_CREDITS: '9.9999' }, /at most three decimals/],
  [{ BROKER_MONTHLY_CREDITS: '-1' }, /BROKER_MONTHLY_CREDITS/],
  [{ BROKER_MONTHLY_CREDITS: 'ten' }, /BROKER_MONTHLY_CREDITS/],
  [{ BROKER_STATE_FOLDER: 'var/lib/broker' }, /BROKER_STATE_FOLDER: Give the whole path of a folder/],
])('%j is refused at start', (environment, message) => {
  expect(() => read(environment)).toThrow(message)
})

test.each<[string, Environment]>([
  ['Odoo’s service', { BROKER_IAP_SERVICE_KEY: 'k' }],
  ['prepaid credit', { BROKER_PAYMENT: 'prepaid' }],
  ['attempts that were begun before', { BROKER_PAYMENT: 'none', BROKER_IAP_SERVICE_KEY: 'k' }],
  ['refunds of what was bought before', { BROKER_STRIPE_WEBHOOK_SECRET: 'whsec_k' }],
])('with %s something must remember how far the books had come', (_name, environment) => {
  expect(() => alone(environment)).toThrow(
    /BROKER_STATE_FOLDER: is not set, and neither is BROKER_REDIS_URL: .*months would be paid twice.*another volume/,
  )
  expect(alone({ ...environment, BROKER_STATE_FOLDER: '/var/lib/broker' })).toMatchObject({
    BROKER_STATE_FOLDER: '/var/lib/broker',
  })
  expect(alone({ ...environment, BROKER_REDIS_URL: 'redis://cache.example/0' })).not.toHaveProperty(
    'BROKER_STATE_FOLDER',
  )
})

test.each<Environment>([{}, { BROKER_PAYMENT: 'none' }])(
  'where no money moves nothing needs to be remembered: %j',
  environment => {
    expect(alone(environment)).not.toHaveProperty('BROKER_STATE_FOLDER')
  },
)
