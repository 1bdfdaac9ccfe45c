package adaptertest_test

import (
	"testing"

	"github.com/happychat/happychat/socketio"
	"github.com/happychat/happychat/socketio/adaptertest"
)

func TestMemory(t *testing.T) {
	adaptertest.Run(t, func(*testing.T) func() socketio.Adapter { return new(adaptertest.Memory).Join })
}
