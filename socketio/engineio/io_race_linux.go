//go:build linux && race

package engineio

import "syscall"

// With the race detector, input and output must be seen by it: what one side
// did before it wrote happened before what the other does after it has read.

func readFD(fd int, p []byte) (int, syscall.Errno)  { return errnoOf(syscall.Read(fd, p)) }
func writeFD(fd int, p []byte) (int, syscall.Errno) { return errnoOf(syscall.Write(fd, p)) }

func errnoOf(n int, err error) (int, syscall.Errno) {
	errno, _ := err.(syscall.Errno)
	return n, errno
}
