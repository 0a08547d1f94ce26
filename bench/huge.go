package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// hugeLoad loads 5,000,000 rows in one transaction under both views and reports the process's peak memory.
func hugeLoad(path string) error {
	db, err := fresh(path)
	if err != nil {
		return err
	}
	defer db.Close()
	for i, v := range variants {
		if _, err := db.Exec(fmt.Sprintf("CREATE MATERIALIZED VIEW v%d AS %s", i+1, v.query)); err != nil {
			return err
		}
	}
	start := time.Now()
	if _, err := db.Exec(fill(5000000)); err != nil {
		return err
	}
	fmt.Printf("5,000,000 rows in one transaction under V1 and V2: %v, peak resident memory %s\n", time.Since(start).Round(time.Millisecond), peak())
	for i := range variants {
		var differences int
		if err := db.QueryRow(fmt.Sprintf("SELECT count(*) FROM mv_check('v%d')", i+1)).Scan(&differences); err != nil {
			return err
		}
		if differences > 0 {
			return fmt.Errorf("v%d has %d differences", i+1, differences)
		}
	}
	return nil
}

// peak is the process's peak resident memory as Linux reports it.
func peak() string {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown"
	}
	for _, l := range strings.Split(string(b), "\n") {
		if v, ok := strings.CutPrefix(l, "VmHWM:"); ok {
			return strings.TrimSpace(v)
		}
	}
	return "unknown"
}
