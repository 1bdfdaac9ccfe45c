package socketio

// Adapter connects the servers of a cluster, so that a broadcast reaches sockets
// on all of them. It carries opaque messages and knows nothing of sockets; package
// adaptertest checks what is promised here.
//
// Messages may be lost, repeated and overtaken: a server sorts out repetitions,
// and promises its application no more than what a connection that breaks can
// promise, too.
type Adapter interface {
	// Publish hands a message to all other servers of the cluster, not to the
	// one that publishes. It must not block for long, and must not keep the
	// slice. The error says that the message certainly reached nobody.
	Publish(message []byte) error
	// Subscribe has receive called with every message of another server, from
	// any goroutine but never before Subscribe was called nor after stop has
	// returned. receive does not block, and may keep the slice. It is called
	// once in the life of an Adapter.
	Subscribe(receive func(message []byte)) (stop func(), err error)
	// Peers returns how many other servers there are now, as far as is known:
	// as many answers a question to all waits for.
	Peers() int
}
