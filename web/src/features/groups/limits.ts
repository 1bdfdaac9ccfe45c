// How much fits, as the server has it unless it says otherwise.
export const limits = {
  groupName: 50,
  announcement: 2000,
  nickname: 50,
  remark: 50,
  greeting: 200,
  linkUses: 10_000,
} as const

/** Muted until somebody lifts it. */
export const endless = Number.MAX_SAFE_INTEGER
