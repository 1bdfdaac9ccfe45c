//go:build !race

package engineio_test

const withRace = false
