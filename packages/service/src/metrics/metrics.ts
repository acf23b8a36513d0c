import type { RequestHandler } from 'express'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type Route, route } from '../http/route.ts'

export interface Metrics {
  readonly registry: Registry
  /** Middleware: how long answers take, by method, route pattern and status. */
  readonly observeRequests: RequestHandler
  /** Adds a counter; what it returns counts one more of that label value. Few values alone: each is kept for ever. */
  counter<Value extends string>(of: CounterOptions): (value: Value) => void
  /** Adds figures that are read anew each time they are asked for. */
  gauge(of: GaugeOptions): void
}

export interface CounterOptions {
  /** Such as `things_total`. */
  readonly name: string
  readonly help: string
  readonly label: string
}

export interface GaugeOptions extends CounterOptions {
  /** The figure of each label value. */
  readonly read: () => Promise<Readonly<Record<string, number>>>
  /** They could not be read: they are left out, and all others are told. */
  readonly onFailure: (error: unknown) => void
}

/** A Prometheus registry of its own with the figures of the process and of HTTP requests. */
export function createMetrics({
  processFigures = true,
}: {
  readonly processFigures?: boolean
} = {}): Metrics {
  const registry = new Registry()
  if (processFigures) collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return {
    registry,
    counter({ name, help, label }) {
      const counter = new Counter({ name, help, labelNames: [label], registers: [registry] })
      return value => counter.inc({ [label]: value })
    },
    gauge({ name, help, label, read, onFailure }) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [registry],
        async collect() {
          gauge.reset()
          try {
            for (const [value, figure] of Object.entries(await read())) gauge.set({ [label]: value }, figure)
          } catch (error) {
            onFailure(error)
          }
        },
      })
    },
    observeRequests: (request, response, next) => {
      const stop = durations.startTimer()
      response.once('close', () => {
        // The pattern, never the path: paths hold ids, and every label value is kept for ever.
        const pattern: unknown = request.route?.path
        stop({
          method: request.method,
          route: typeof pattern === 'string' ? `${request.baseUrl}${pattern}` : 'none',
          status: response.statusCode,
        })
      })
      next()
    },
  }
}

/** `GET /metrics` in Prometheus' text format. */
export function metricsRoutes({ registry }: Metrics): Route[] {
  return [
    route({
      method: 'get',
      path: '/metrics',
      summary: 'Figures for Prometheus.',
      tags: ['Operation'],
      problems: [429],
      produces: 'text/plain',
      handle: async ({ response }) => {
        const text = await registry.metrics()
        response.setHeader('Content-Type', registry.contentType)
        response.setHeader('Cache-Control', 'no-store')
        response.end(text)
      },
    }),
  ]
}
