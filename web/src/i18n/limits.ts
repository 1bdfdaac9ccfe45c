// The lengths that the server allows, for texts that name them and fields that keep to them. Empty until it was asked.
import { shallowRef } from 'vue'

export const limits = shallowRef<Readonly<Record<string, number>>>({})

/** Counts as people do, and as the server does. */
export const lengthOf = (text: string) => [...text].length
