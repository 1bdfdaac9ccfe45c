// What the test DOM lacks and components rely on.
import { cleanup } from '@testing-library/vue'
import { afterEach } from 'vitest'

// Tests of code without a face run without a DOM.
if (typeof document !== 'undefined') {
  afterEach(cleanup)
}
