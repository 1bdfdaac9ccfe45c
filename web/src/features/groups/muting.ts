/** Muted until somebody lifts it: the latest time that the server knows. */
export const endless = Number.MAX_SAFE_INTEGER
