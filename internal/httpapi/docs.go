package httpapi

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

var (
	//go:embed docs.html
	docsHTML string
	//go:embed docs.css
	docsCSS []byte
)

var docsTemplate = template.Must(template.New("docs").Parse(docsHTML))

// docs is the readable reference: one page without script, made from the
// description.
type docsPage struct {
	Title, Text string
	Groups      []docsGroup
	Schemas     []docsSchema
}

type docsGroup struct {
	Name       string
	Operations []docsOperation
}

type docsOperation struct {
	Method, Path, ID, Summary, Text string
	Public                          bool
	Parameters                      []docsField
	In, Out                         docsType
	Errors                          []string
}

type docsSchema struct {
	Name   string
	Text   string
	Fields []docsField
}

type docsField struct {
	Name, Limits, Text string
	Type               docsType
	Required           bool
}

// docsType is a type in words; Ref is the schema it leads to, if any.
type docsType struct{ Text, Ref string }

func (a *api) docs(mux *http.ServeMux) {
	page := describe(a.huma.OpenAPI())
	mux.HandleFunc("GET /api/docs", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		if err := docsTemplate.Execute(w, page); err != nil {
			a.Log.Debug("reference not written", "err", err)
		}
	})
	mux.HandleFunc("GET /api/docs.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(docsCSS) // the client may be gone
	})
}

func describe(doc *huma.OpenAPI) docsPage {
	page := docsPage{Title: doc.Info.Title, Text: strings.ReplaceAll(doc.Info.Description, "**", "")}
	groups := map[string]*docsGroup{}
	var order []string
	add := func(path string, item *huma.PathItem) {
		for _, m := range []struct {
			method string
			op     *huma.Operation
		}{{"GET", item.Get}, {"POST", item.Post}, {"PUT", item.Put}, {"PATCH", item.Patch}, {"DELETE", item.Delete}} {
			if m.op == nil {
				continue
			}
			tag := m.op.Tags[0]
			if groups[tag] == nil {
				groups[tag] = &docsGroup{Name: tag}
				order = append(order, tag)
			}
			method := m.method
			if strings.HasPrefix(m.op.OperationID, "socket.") {
				method = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(tag, "Socket "), "s"))
			}
			groups[tag].Operations = append(groups[tag].Operations, describeOperation(method, path, m.op))
		}
	}
	for _, path := range sortedKeys(doc.Paths) {
		add(path, doc.Paths[path])
	}
	sort.Strings(order)
	for _, name := range sortedKeys(doc.Webhooks) {
		add(name, doc.Webhooks[name])
	}
	for _, tag := range order {
		page.Groups = append(page.Groups, *groups[tag])
	}
	for _, tag := range []string{"Socket commands", "Socket events"} {
		if g := groups[tag]; g != nil && !slices.Contains(order, tag) {
			page.Groups = append(page.Groups, *g)
		}
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range sortedKeys(schemas) {
		s := docsSchema{Name: name, Text: schemas[name].Description}
		for _, field := range sortedKeys(schemas[name].Properties) {
			p := schemas[name].Properties[field]
			s.Fields = append(s.Fields, docsField{
				Name: field, Type: typeOf(p), Limits: limitsOf(p), Text: p.Description,
				Required: slices.Contains(schemas[name].Required, field),
			})
		}
		page.Schemas = append(page.Schemas, s)
	}
	return page
}

func describeOperation(method, path string, op *huma.Operation) docsOperation {
	out := docsOperation{Method: method, Path: path, ID: op.OperationID, Summary: op.Summary, Text: op.Description, Public: len(op.Security) == 0 && strings.HasPrefix(path, "/")}
	for _, p := range op.Parameters {
		out.Parameters = append(out.Parameters, docsField{Name: p.Name, Type: typeOf(p.Schema), Limits: limitsOf(p.Schema), Text: p.Description, Required: p.Required})
	}
	if op.RequestBody != nil {
		for _, c := range op.RequestBody.Content {
			out.In = typeOf(c.Schema)
		}
	}
	for _, status := range sortedKeys(op.Responses) {
		if status >= "400" {
			if status != "default" {
				out.Errors = append(out.Errors, status)
			}
			continue
		}
		for _, c := range op.Responses[status].Content {
			out.Out = typeOf(c.Schema)
		}
	}
	return out
}

func typeOf(s *huma.Schema) docsType {
	switch {
	case s == nil:
		return docsType{}
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return docsType{Text: name, Ref: name}
	case s.Type == huma.TypeArray:
		t := typeOf(s.Items)
		return docsType{Text: "list of " + t.Text, Ref: t.Ref}
	}
	return docsType{Text: s.Type}
}

func limitsOf(s *huma.Schema) string {
	var words []string
	if s.MinLength != nil {
		words = append(words, fmt.Sprintf("at least %d characters", *s.MinLength))
	}
	if s.MaxLength != nil {
		words = append(words, fmt.Sprintf("at most %d characters", *s.MaxLength))
	}
	if s.Minimum != nil {
		words = append(words, fmt.Sprintf("from %g", *s.Minimum))
	}
	if s.Maximum != nil {
		words = append(words, fmt.Sprintf("to %g", *s.Maximum))
	}
	if s.MaxItems != nil {
		words = append(words, fmt.Sprintf("at most %d", *s.MaxItems))
	}
	for i, v := range s.Enum {
		if i == 0 {
			words = append(words, "one of")
		}
		words = append(words, fmt.Sprint(v))
	}
	return strings.Join(words, " ")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
