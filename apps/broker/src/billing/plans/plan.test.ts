import { expect, test } from '@jest/globals'
import { isFree, Plan, PlanList, plansOf } from './plan.ts'

test('a plan has its prices in thousandths and sensible days by default', () => {
  expect(Plan.parse({ name: 'standard', creditsPerMonth: 9.5 })).toEqual({
    name: 'standard',
    creditsPerMonth: 9500,
    includedGigabytes: 0,
    creditsPerFurtherGigabyte: 0,
    trialDays: 0,
    graceDays: 7,
    restoreDays: 90,
    currencyLabel: 'credits',
  })
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 0.0001, 1e7, '5'])('%p is no price', creditsPerMonth => {
  expect(Plan.safeParse({ name: 'standard', creditsPerMonth }).success).toBe(false)
})

test.each(['', '{}', '[]', 'no json', '[{"name":"a"}]', '[{"name":"A","creditsPerMonth":1}]'])(
  'the list %j is refused',
  text => expect(PlanList.safeParse(text).success).toBe(false),
)

test('two plans of one name, and a misspelt field, are refused', () => {
  const one = { name: 'a', creditsPerMonth: 1 }
  expect(PlanList.safeParse(JSON.stringify([one, one])).success).toBe(false)
  expect(PlanList.safeParse(JSON.stringify([{ ...one, trialdays: 3 }])).success).toBe(false)
})

test('all plans have one word for credit, since all are paid from one balance', () => {
  const [one, other] = [
    { name: 'a', creditsPerMonth: 1, currencyLabel: 'euros' },
    { name: 'b', creditsPerMonth: 2 },
  ]
  expect(PlanList.safeParse(JSON.stringify([one, other])).error?.issues).toMatchObject([
    { message: 'Give all plans one currencyLabel: they are paid from one balance.' },
  ])
  expect(PlanList.safeParse(JSON.stringify([one, { ...other, currencyLabel: 'euros' }])).success).toBe(true)
})

test('new accounts get the first plan', () => {
  const list = PlanList.parse('[{"name":"small","creditsPerMonth":1},{"name":"large","creditsPerMonth":5}]')
  const plans = plansOf(list)
  expect([plans.standard.name, plans.find('large')?.creditsPerMonth, plans.find('none')]).toEqual([
    'small',
    5000,
    undefined,
  ])
})

test('nothing is charged where no plan costs anything, also not for storage', () => {
  const plan = (prices: object) => Plan.parse({ name: 'free', creditsPerMonth: 0, ...prices })
  expect(isFree(plansOf([plan({}), plan({ name: 'other' })]))).toBe(true)
  expect(isFree(plansOf([plan({}), plan({ name: 'other', creditsPerMonth: 1 })]))).toBe(false)
  expect(isFree(plansOf([plan({ creditsPerFurtherGigabyte: 0.5 })]))).toBe(false)
})
