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
