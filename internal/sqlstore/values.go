package sqlstore

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Statements over sets of rows take them as VALUES lists. The lists come in few
// sizes, so that each text is prepared once.
var setSizes = [...]int{256, 64, 16, 4, 1}

// inSets cuts n rows into runs of the sizes above and calls fn for each.
func inSets(n int, fn func(from, size int) error) error {
	from := 0
	for _, size := range setSizes {
		for n-from >= size {
			if err := fn(from, size); err != nil {
				return err
			}
			from += size
		}
	}
	return nil
}

// setText is a statement whose %s stands for the VALUES list.
type setText struct {
	before, after string
	// types are those of the columns, one letter each: i for BIGINT, t for
	// TEXT, b for BOOLEAN. PostgreSQL must be told; SQLite does not mind.
	types string
	texts [len(setSizes)]string
}

func newSetText(types, text string) *setText {
	before, after, _ := strings.Cut(text, "%s")
	t := &setText{before: before, after: after, types: types}
	for i, size := range setSizes {
		t.texts[i] = t.render(size)
	}
	return t
}

func (t *setText) render(size int) string {
	var b strings.Builder
	b.WriteString(t.before)
	for row := range size {
		if row > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for col := range len(t.types) {
			if col > 0 {
				b.WriteString(", ")
			}
			placeholder := "$" + strconv.Itoa(row*len(t.types)+col+1)
			switch {
			case row > 0: // the first row's types hold for all
				b.WriteString(placeholder)
			case t.types[col] == 'i':
				b.WriteString("CAST(" + placeholder + " AS BIGINT)")
			case t.types[col] == 'b':
				b.WriteString("CAST(" + placeholder + " AS BOOLEAN)")
			default:
				b.WriteString("CAST(" + placeholder + " AS TEXT)")
			}
		}
		b.WriteByte(')')
	}
	b.WriteString(t.after)
	return b.String()
}

// text gives the statement for a set of one of the sizes above.
func (t *setText) text(size int) string {
	for i, s := range setSizes {
		if s == size {
			return t.texts[i]
		}
	}
	panic("sqlstore: no such set size")
}

// readSets reads what a query over rows of integers gives. The last set is
// filled up with zeros, which no identifier is.
func readSets[T any](ctx context.Context, s *Store, scan func(*sql.Rows) (T, error), text *setText, values []int64) ([]T, error) {
	width := len(text.types)
	var list []T
	for len(values) > 0 {
		n := len(values) / width
		size := setSizes[0]
		for _, smaller := range setSizes[1:] {
			if smaller >= n {
				size = smaller
			}
		}
		args := make([]any, size*width)
		for i := range args {
			args[i] = int64(0)
			if i < len(values) {
				args[i] = values[i]
			}
		}
		values = values[min(len(args), len(values)):]
		some, err := all(ctx, s, scan, text.text(size), args...)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

// integers gives values for sets of one column.
func integers[T ~int64](ids []T) []int64 {
	values := make([]int64, len(ids))
	for i, id := range ids {
		values[i] = int64(id)
	}
	return values
}
