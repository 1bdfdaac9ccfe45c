//go:build linux && race

package engineio

import "syscall"

// With the race detector, input and output must be seen by it: what one side
// did before it wrote happened before what the other does after it has read.

func readFD(fd int32, p []byte) (int, syscall.Errno)  { return errnoOf(syscall.Read(int(fd), p)) }
func writeFD(fd int32, p []byte) (int, syscall.Errno) { return errnoOf(syscall.Write(int(fd), p)) }

func errnoOf(n int, err error) (int, syscall.Errno) {
	errno, _ := err.(syscall.Errno)
	return n, errno
}
