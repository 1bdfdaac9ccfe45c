// Package wire holds the shapes that cross the network: JSON in camelCase,
// identifiers as strings, times in milliseconds since 1970 UTC. It names the
// commands and events of the socket, and carries the limits of the domain into
// the schemas. There is no logic in it.
package wire

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/change"
)

// ID is an identifier as clients see it: a decimal string.
type ID change.ID

// idPattern is that of a positive integer of at most 19 digits.
const idPattern = "^[1-9][0-9]{0,18}$"

// Domain gives the identifier itself.
func (id ID) Domain() change.ID { return change.ID(id) }

// MarshalText writes the decimal form.
func (id ID) MarshalText() ([]byte, error) { return []byte(change.ID(id).String()), nil }

// UnmarshalText reads the decimal form.
func (id *ID) UnmarshalText(text []byte) error {
	n, ok := change.ParseID(string(text))
	if !ok {
		return fmt.Errorf("%.40q is not an identifier", text)
	}
	*id = ID(n)
	return nil
}

// Schema implements huma.SchemaProvider.
func (ID) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Pattern: idPattern, Description: "An identifier: a decimal number of up to 63 bits, ordered by time", Examples: []any{"412316860416000001"}}
	s.PrecomputeMessages()
	return s
}

// PathID is an ID in a path.
type PathID string

// Domain gives the identifier; 0, which nothing has, if it is beyond 63 bits.
func (id PathID) Domain() change.ID {
	n, _ := change.ParseID(string(id))
	return n
}

// Schema implements huma.SchemaProvider.
func (PathID) Schema(r huma.Registry) *huma.Schema { return ID(0).Schema(r) }

// Cursor is an optional ID in a query: where a list goes on.
type Cursor string

// Domain gives the identifier; 0 if there is none.
func (c Cursor) Domain() change.ID { return PathID(c).Domain() }

// Schema implements huma.SchemaProvider.
func (Cursor) Schema(r huma.Registry) *huma.Schema { return ID(0).Schema(r) }

// limit sets the bounds of a text property.
func limit(s *huma.Schema, property string, minLength, maxLength int) {
	p := s.Properties[property]
	if minLength > 0 {
		p.MinLength = &minLength
	}
	p.MaxLength = &maxLength
	p.PrecomputeMessages()
}

// most bounds a property that is a list.
func most(s *huma.Schema, property string, items int) {
	p := s.Properties[property]
	p.MaxItems = &items
	p.PrecomputeMessages()
}

// Raw encodes v, which must be one of the shapes of this package. What HTML
// would escape stays as it is.
func Raw(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("wire: %T does not encode: %v", v, err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
