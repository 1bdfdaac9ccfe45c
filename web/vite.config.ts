import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { emoji } from './build/emoji.ts'
import { hints } from './build/hints.ts'
import { messages } from './build/messages.ts'
import { pieces } from './build/pieces.ts'
import { precompress } from './build/precompress.ts'
import { worker } from './build/worker.ts'

const server = 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [messages(), emoji(), vue(), hints(), worker(), precompress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: true,
    __INTLIFY_JIT_COMPILATION__: true,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  server: {
    proxy: {
      '/api': server,
      '/manifest.webmanifest': server,
      '/download': server,
      '/socket.io': { target: server, ws: true },
    },
  },
  build: {
    outDir: '../internal/webui/dist',
    emptyOutDir: true,
    // Everything stays a file of its own: the Content-Security-Policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 250,
    // What does not know it finds the few files one after the other.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: pieces,
      },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'eslint/**/*.test.ts', 'build/**/*.test.ts'],
    // The tokens are read as they are, to compute their contrast.
    css: { include: [/tokens\.css/] },
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
  },
})
