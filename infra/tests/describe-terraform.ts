import { describe, inject } from 'vitest'

/** `describe` for tests that need Terraform: skipped where it is missing (the setup says why, and fails in CI). */
export const describeTerraform = inject('terraformProblem') === '' ? describe : describe.skip
