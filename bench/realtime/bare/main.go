// Command bare does nothing but write the same bytes to the same number of
// connections: what a fan-out costs when there is no server in it. It answers
// the handshakes that the load generator makes, and copies every message that
// it reads to all connections, in one write each.
package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"sync"
)

func main() {
	l, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var mu sync.Mutex
	var all []net.Conn
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			r := bufio.NewReader(c)
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if strings.TrimSpace(line) == "" {
					break
				}
			}
			_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x0240")
			mu.Lock()
			all = append(all, c)
			mu.Unlock()
			buf := make([]byte, 64<<10)
			var out []byte
			for {
				// All that has come is copied at once.
				if _, err := r.Peek(2); err != nil {
					return
				}
				n, _ := r.Read(buf)
				out = out[:0]
				for b := buf[:n]; len(b) >= 6; {
					head, size := 2, int(b[1]&0x7F)
					if size == 126 {
						head, size = 4, int(binary.BigEndian.Uint16(b[2:]))
					}
					payload := b[head+4 : head+4+size]
					if string(payload[:2]) == "42" {
						if size < 126 {
							out = append(out, 0x81, byte(size))
						} else {
							out = append(out, 0x81, 126, byte(size>>8), byte(size))
						}
						out = append(out, payload...)
					}
					b = b[head+4+size:]
				}
				mu.Lock()
				for _, c := range all {
					if len(out) > 0 {
						_, _ = c.Write(out)
					}
				}
				mu.Unlock()
			}
		}()
	}
}
