import type { Choices } from '../choices.ts'

/** The gateways on the one cluster, and what each lets in. */
export const GATEWAYS = {
  /** For the broker alone. */
  sts: { port: 'stsGateway', apis: 's3, sts, iam', extra: [] },
  /** For agents: a vended credential finds no STS here, so it cannot ask for a wider one. */
  s3: { port: 's3Gateway', apis: 's3', extra: [] },
  /** For tests of credentials that live for seconds. */
  short: { port: 'shortStsGateway', apis: 's3, sts', extra: ['rgw sts min session duration = 3'] },
} as const
export type GatewayName = keyof typeof GATEWAYS

/** ceph.conf of a cluster of one monitor and one disk: small in memory, loopback only, no authentication inside. */
export function cephConfiguration(folder: string, choices: Choices): string {
  const gateways = Object.entries(GATEWAYS).flatMap(([name, gateway]) => [
    `[client.rgw.${name}]`,
    // Without it an answer of several packets waits for the delayed acknowledgement of each, 40 ms a request.
    `rgw frontends = beast endpoint=127.0.0.1:${choices.ports[gateway.port]} tcp_nodelay=1`,
    `rgw enable apis = ${gateway.apis}`,
    ...gateway.extra,
  ])
  return [
    '[global]',
    `fsid = ${choices.cephId}`,
    `run dir = ${folder}/run`,
    // Paths of Unix sockets are limited to about 100 bytes, which a deep clone exceeds; nothing here needs one.
    'admin socket =',
    'pid file =',
    `log file = ${folder}/log/$name.log`,
    'log to stderr = false',
    'err to stderr = true',
    `mon host = [v2:127.0.0.1:${choices.ports.cephMonitor}/0]`,
    'mon initial members = a',
    'public addr = 127.0.0.1',
    'cluster addr = 127.0.0.1',
    'auth cluster required = none',
    'auth service required = none',
    'auth client required = none',
    'mon allow pool size one = true',
    'mon data avail crit = 1',
    'mon data avail warn = 2',
    'mon max pg per osd = 1000',
    'osd pool default size = 1',
    'osd pool default min size = 1',
    'osd pool default pg num = 4',
    'osd pool default pgp num = 4',
    'osd pool default pg autoscale mode = off',
    'osd crush chooseleaf type = 0',
    '[mon]',
    `mon data = ${folder}/mon`,
    '[osd]',
    `osd data = ${folder}/osd`,
    'osd objectstore = bluestore',
    'bluestore block create = true',
    // Sparse: it takes what is written.
    `bluestore block size = ${10 * 1024 ** 3}`,
    'bluestore cache autotune = false',
    `bluestore cache size = ${64 * 1024 ** 2}`,
    'osd op num shards = 2',
    'osd op num threads per shard = 1',
    '[client]',
    // The gateway's own default, "secure", demands session keys, which there are none without authentication.
    'ms mon client mode = crc',
    `rgw data = ${folder}/rgw`,
    `rgw sts key = ${choices.stsKey}`,
    'rgw s3 auth use sts = true',
    'rgw gc obj min wait = 10',
    'rgw gc processor period = 10',
    'rgw thread pool size = 128',
    ...gateways,
    '',
  ].join('\n')
}
