package ext

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	captureSeconds = flag.Float64("capture.seconds", envFloat("CAPTURE_SECONDS", 0), "how long random capture histories run in all, instead of a number of them")
	captureSeed    = flag.Uint64("capture.seed", 1, "the first history; they are numbered on from it")
	captureCount   = flag.Int("capture.count", 40, "how many histories of each class")
)

func envFloat(name string, otherwise float64) float64 {
	if f, err := strconv.ParseFloat(os.Getenv(name), 64); err == nil {
		return f
	}
	return otherwise
}

// classes are the kinds of random histories. In one without interfering triggers and schema changes, no table's capture
// may be given up, ever.
var classes = []struct {
	name string
	opts options
}{
	{"writes", options{}},
	{"triggers", options{userTriggers: true}},
	{"interfering", options{userTriggers: true, interfering: true}},
	{"open", options{leaveOpen: true, userTriggers: true}},
	{"schema", options{schema: true, userTriggers: true}},
	{"disk", options{disk: true}},
	{"all", options{userTriggers: true, interfering: true, leaveOpen: true, schema: true}},
}

// TestCaptureHistories runs random histories: what a table held and the log make what it holds, on every boundary, and
// all statements mean what they mean without the engine. To replay: -run 'TestCaptureHistories/CLASS' -capture.seed N
// -capture.count 1.
func TestCaptureHistories(t *testing.T) {
	for _, class := range classes {
		t.Run(class.name, func(t *testing.T) {
			seed := *captureSeed
			t.Logf("-capture.seed %d", seed)
			until := time.Now().Add(time.Duration(*captureSeconds * float64(time.Second) / float64(len(classes))))
			ran, seen, lost := 0, int64(0), int64(0)
			count := *captureCount
			if testing.Short() {
				count = min(count, 8)
			}
			for ; *captureSeconds > 0 && time.Now().Before(until) || *captureSeconds == 0 && ran < count; ran++ {
				n := seed + uint64(ran)
				lines, raw, every := randomHistory(n, class.opts)
				dir := ""
				if class.opts.disk {
					dir = t.TempDir()
				}
				r, err := runLines(lines, raw, every, dir)
				if err != nil {
					lines, err = minimise(lines, raw, every, err)
					t.Fatalf("history %d (raw %v, every %v): %v\n%s", n, raw, every, err, format(lines))
				}
				seen, lost = seen+r.seen, lost+r.lost
				if !class.opts.interfering && !class.opts.schema && !class.opts.userTriggers {
					require.Zero(t, r.lost, "history %d gave a table's capture up:\n%s", n, format(lines))
				}
			}
			t.Logf("%d histories, %d times right, %d times given up", ran, seen, lost)
			require.Positive(t, seen)
		})
	}
}

func randomHistory(n uint64, opts options) (lines []line, raw, every bool) {
	g := &gen{Rand: rand.New(rand.NewPCG(n, 7)), opts: opts}
	raw, every = g.chance(50), g.chance(15)
	g.opts.every = one(g, 0, 20, 60)
	return g.history(one(g, 6, 12, 25, 60)), raw, every
}

// minimise leaves out lines as long as the history still fails.
func minimise(lines []line, raw, every bool, err error) ([]line, error) {
	until := time.Now().Add(20 * time.Second)
	fails := func(ls []line) error {
		dir := ""
		for _, l := range ls {
			if l.verb == "d" {
				d, derr := os.MkdirTemp("", "capture")
				if derr != nil {
					return nil
				}
				defer os.RemoveAll(d)
				dir = d
			}
		}
		_, err := runLines(ls, raw, every, dir)
		return err
	}
	for step := max(1, len(lines)/2); step > 0; {
		shorter := false
		for i := 0; i < len(lines) && time.Now().Before(until); {
			try := append(append([]line{}, lines[:i]...), lines[min(i+step, len(lines)):]...)
			if e := fails(try); e != nil {
				lines, err, shorter = try, e, true
			} else {
				i += step
			}
		}
		if time.Now().After(until) {
			return lines, fmt.Errorf("(not minimised to the end) %w", err)
		}
		if !shorter || step > 1 {
			step /= 2
		}
	}
	return lines, err
}
