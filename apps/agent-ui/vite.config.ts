import { defineConfig } from 'vite'

/** `base: './'`: the built pages work below any path prefix, behind any proxy. */
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: { conditions: ['odoo-backup-source', 'module', 'browser', 'default'] },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
