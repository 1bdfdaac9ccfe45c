package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// SchemaVersion is the version that this program reads and writes: the number
// of migrations.
func SchemaVersion() int {
	names, _ := fs.Glob(migrations, "migrations/*.sql") // the pattern is well-formed
	return len(names)
}

// migrate brings the schema up to date, each step in a transaction of its own.
// It only goes forward: a database made by a newer program is refused.
func migrate(ctx context.Context, db *sql.DB, d dialect) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // back to the pool
	for {
		done, err := step(ctx, conn, d, names)
		if err != nil {
			_, _ = conn.ExecContext(ctx, "ROLLBACK")
			if better := d.explain(err); better != nil {
				err = better
			}
			return err
		}
		if done {
			return nil
		}
	}
}

func step(ctx context.Context, conn *sql.Conn, d dialect, names []string) (done bool, err error) {
	if _, err := conn.ExecContext(ctx, d.begin()); err != nil {
		return false, err
	}
	if _, err := conn.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)`); err != nil {
		return false, fmt.Errorf("this database can not be prepared: %w", err)
	}
	var have int
	if err := conn.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM schema_version`).Scan(&have); err != nil {
		return false, fmt.Errorf("this is not a database of Happy Chat: %w", err)
	}
	if have > len(names) {
		return false, fmt.Errorf("this database has schema version %d, and this program knows versions up to %d: it was used by a newer happychat. Run that one, or restore a backup from before the upgrade; nothing was changed", have, len(names))
	}
	if have < len(names) {
		text, err := migrations.ReadFile(names[have])
		if err != nil {
			return false, err
		}
		for statement := range strings.SplitSeq(d.schema(string(text)), ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return false, fmt.Errorf("migration %s: %w", names[have], err)
			}
		}
		if _, err := conn.ExecContext(ctx, d.placeholders(`INSERT INTO schema_version (version) VALUES ($1)`), have+1); err != nil {
			return false, err
		}
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return have+1 >= len(names), err
}
