// @vitest-environment node
import { fileURLToPath } from 'node:url'
import { RuleTester } from 'eslint'
import { describe, it } from 'vitest'
import { direction } from './layers.js'

RuleTester.describe = describe
RuleTester.it = it

const at = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url))
const ok = (file: string, code: string) => ({ filename: at(file), code })
const bad = (file: string, code: string, messageId: 'layer' | 'package') => ({
  filename: at(file),
  code,
  errors: [{ messageId }],
})

new RuleTester().run('direction of imports', direction, {
  valid: [
    ok('features/chats/a.ts', "import x from '@/stores/x'; import y from '@/components/Y.vue'; import './b'"),
    ok('stores/a.ts', "import x from '@/sync/engine'; import { ref } from 'vue'"),
    ok('sync/a.ts', "import x from '@/api/http'; import { openDB } from 'idb'"),
    ok('components/a.ts', "import { ref } from 'vue'; import { t } from '@/i18n'"),
    ok('components/a.test.ts', "import x from '@/testing/render'"),
    ok('main.ts', "import x from '@/api/http'"),
  ],
  invalid: [
    bad('components/Avatar.ts', "import x from '@/stores/x'", 'layer'),
    bad('components/Avatar.ts', "import x from '../sync/x'", 'layer'),
    bad('components/Avatar.ts', "import x from '@/testing/render'", 'layer'),
    bad('components/Avatar.ts', "export { x } from '@/api/x'", 'layer'),
    bad('features/chats/a.ts', "import x from '@/sync/engine'", 'layer'),
    bad('features/chats/a.ts', "const x = import('../../api/http')", 'layer'),
    bad('stores/a.ts', "import x from '@/features/chats/x'", 'layer'),
    bad('sync/a.ts', "import x from '@/stores/x'", 'layer'),
    bad('sync/a.ts', "import { ref } from 'vue'", 'package'),
    bad('api/a.ts', "import x from '@/sync/x'", 'layer'),
  ],
})
