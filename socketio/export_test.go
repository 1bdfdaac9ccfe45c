package socketio

// Namespaces returns how many namespaces there are.
func Namespaces(srv *Server) int {
	srv.mu.RLock()
	defer srv.mu.RUnlock()
	return len(srv.namespaces)
}

// Paused reports whether the connection of a socket is not read at the moment,
// because too much of what came waits.
func Paused(s *Socket) bool {
	s.client.mu.Lock()
	defer s.client.mu.Unlock()
	return s.client.paused
}

// OpenEvents is the number of events whose context ends with the socket.
func OpenEvents(s *Socket) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for e := s.open; e != nil; e = e.next {
		n++
	}
	return n
}
