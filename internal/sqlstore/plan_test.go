package sqlstore

import (
	"path/filepath"
	"strings"
	"testing"
)

// What is read of many conversations at once is found by the indexes that were
// made for it, however much there is.
func TestSetsUseTheirIndexes(t *testing.T) {
	s, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "happychat.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const size = 16
	for name, c := range map[string]struct {
		text *setText
		use  string
	}{
		"present": {presentSet, "m USING INDEX member_list"},
		"changed": {changedSet, "m USING INDEX member_roster"},
		"counted": {countChangedSet, "m USING COVERING INDEX member_roster"},
		"leaders": {leaderSet, "m USING INDEX member_list"},
		"some":    {memberSet, "m USING PRIMARY KEY (conversation_id=? AND account_id=?)"},
		"newest":  {spanSet, "m USING PRIMARY KEY (conversation_id=? AND seq>?)"},
		"edited":  {editedSet, "m USING INDEX message_edited"},
	} {
		args := make([]any, size*len(c.text.types))
		for i := range args {
			args[i] = int64(0)
		}
		rows, err := s.readers.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+s.dialect.placeholders(c.text.text(size)), args...)
		if err != nil {
			t.Fatal(name, err)
		}
		var plan strings.Builder
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan.WriteString(detail + "\n")
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan.String(), c.use) {
			t.Errorf("%s does not search %s:\n%s", name, c.use, plan.String())
		}
	}
}
