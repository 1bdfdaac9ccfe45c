//go:build linux && !race

package engineio

import (
	"syscall"
	"unsafe"
)

// readFD and writeFD are read(2) and write(2) on a descriptor that does not
// block. The scheduler is not told, since the calls are short.

func readFD(fd int32, p []byte) (int, syscall.Errno)  { return rawIO(syscall.SYS_READ, fd, p) }
func writeFD(fd int32, p []byte) (int, syscall.Errno) { return rawIO(syscall.SYS_WRITE, fd, p) }

func rawIO(call uintptr, fd int32, p []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	return int(n), errno
}
