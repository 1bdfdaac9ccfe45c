package socketio

// Namespaces returns how many namespaces there are.
func Namespaces(srv *Server) int {
	srv.mu.RLock()
	defer srv.mu.RUnlock()
	return len(srv.namespaces)
}
