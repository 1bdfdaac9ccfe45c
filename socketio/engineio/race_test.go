//go:build race

package engineio_test

// withRace says that pools forget some of what they are given, on purpose.
const withRace = true
