package httpapi

import (
	"context"
	"net/http"

	"github.com/happychat/happychat/internal/wire"
)

// push registers where devices are called while the app is closed.
func (a *api) push() {
	const tag, path = "Push", "/sessions/current/push"
	handle(a, operation{
		method: http.MethodPut, path: path, id: "push.subscribe", tag: tag, status: http.StatusNoContent, errors: []int{404},
		summary: "Call this device while the app is closed",
		text: "From then on the push service of the device is asked to wake it when there is something new for me and this session is not connected. " +
			"What it is told is encrypted and says nothing of what is new; the device asks for that here. " +
			"It takes the place of what this session told before, and ends with the session. UnifiedPush tells the same as browsers.",
	},
		func(ctx context.Context, in *struct{ Body wire.PushSubscription }) (*none, error) {
			return nil, a.Push.Subscribe(ctx, actor(ctx), in.Body.Domain())
		})
	handle(a, operation{
		method: http.MethodDelete, path: path, id: "push.unsubscribe", tag: tag, status: http.StatusNoContent,
		summary: "Call this device no more",
	},
		func(ctx context.Context, _ *struct{}) (*none, error) {
			return nil, a.Push.Unsubscribe(ctx, actor(ctx))
		})
}
