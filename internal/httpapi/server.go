package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/ingress"
	"github.com/happychat/happychat/internal/wire"
)

// server registers what anybody may know of this server.
func (a *api) server() {
	handle(a, operation{
		method: http.MethodGet, path: "/server", id: "server.get", tag: "Server", public: true,
		summary: "What server this is, and whether I am signed in",
	},
		func(ctx context.Context, in *struct{ request }) (*body[wire.Server], error) {
			info, err := a.Info(ctx)
			if err != nil {
				return nil, err
			}
			if token, _ := ingress.Token(in.r); token != "" {
				_, err := a.Accounts.Authenticate(ctx, token)
				info.SignedIn = err == nil
			}
			return answer(info, nil)
		})
}

// describeSocket adds the commands and events of the socket to the description
// of the API, as webhooks under their names.
func describeSocket(doc *huma.OpenAPI) {
	schemas := doc.Components.Schemas
	content := func(ref *huma.Schema) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{"application/json": {Schema: ref}}
	}
	doc.Webhooks = map[string]*huma.PathItem{}
	for _, s := range wire.Shapes {
		op := &huma.Operation{
			OperationID: "socket." + strings.ReplaceAll(s.Name, ".", "_"), Summary: s.Summary, Tags: []string{"Socket commands"},
			RequestBody: &huma.RequestBody{Required: true, Content: content(schemas.Schema(s.In, true, s.Name))},
			Responses:   map[string]*huma.Response{},
		}
		if s.Event {
			op.Tags = []string{"Socket events"}
			op.Responses["default"] = &huma.Response{Description: "Events are not answered"}
		} else {
			op.Responses["200"] = &huma.Response{Description: "The result in the acknowledgement", Content: content(schemas.Schema(s.Out, true, s.Name+"Result"))}
		}
		doc.Webhooks[s.Name] = &huma.PathItem{Post: op}
	}
}
