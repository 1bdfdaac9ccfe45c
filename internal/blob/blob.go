// Package blob keeps the bytes of attachments: in a folder, or in storage that
// speaks S3. Both keep the contract of attachment.Blobs, to which the
// conformance suite in blobtest holds them.
package blob

import (
	"fmt"
	"io"
)

// checkKey refuses keys that would lead somewhere else.
func checkKey(key string) error {
	ok := len(key) >= 4 && len(key) <= 128
	for i := range len(key) {
		c := key[i]
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')
	}
	if !ok {
		return fmt.Errorf("blob: %.40q is no key", key)
	}
	return nil
}

// exactly reads size bytes of r: fewer are io.ErrUnexpectedEOF, more an error
// too.
type exactly struct {
	r    io.Reader
	left int64
}

func (e *exactly) Read(b []byte) (int, error) {
	if e.left == 0 {
		var one [1]byte
		switch n, err := io.ReadFull(e.r, one[:]); {
		case n > 0:
			return 0, fmt.Errorf("blob: there are more bytes than was said")
		case err != io.EOF:
			return 0, err
		}
		return 0, io.EOF
	}
	n, err := e.r.Read(b[:min(int64(len(b)), e.left)])
	e.left -= int64(n)
	if err == io.EOF {
		if e.left > 0 {
			return n, io.ErrUnexpectedEOF
		}
		err = nil // to be seen at the next
	}
	return n, err
}
