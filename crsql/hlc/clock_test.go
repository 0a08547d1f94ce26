package hlc_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sqlite-mv/sqlite-mv/crsql/hlc"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// machine is a clock with a time of its own.
type machine struct {
	time time.Time
	*hlc.Clock
}

func newMachine(seed uint64) *machine {
	m := &machine{time: start, Clock: hlc.New()}
	var key [32]byte
	key[0] = byte(seed)
	m.Now, m.Random = func() time.Time { return m.time }, rand.NewChaCha8(key)
	return m
}

func (m *machine) stamp(t require.TestingT) ulid.ULID {
	id, err := m.Stamp(ulid.ULID{})
	require.NoError(t, err)
	return id
}

func TestStampsAscend(t *testing.T) {
	m := newMachine(1)
	last := m.stamp(t)
	require.Equal(t, start, last.Timestamp().UTC())
	for i := range 70_000 * 3 { // more than the counter holds
		next := m.stamp(t)
		require.Positive(t, next.Compare(last))
		require.Greater(t, next.String(), last.String())
		if last = next; i == 100 {
			m.time = start.Add(-time.Hour) // the machine's time goes back
		}
	}
	require.Equal(t, start.Add(3*time.Millisecond), last.Timestamp().UTC())
	m.time = start.Add(time.Second)
	require.Equal(t, m.time, m.stamp(t).Timestamp().UTC())
}

func TestFloor(t *testing.T) {
	a, b := newMachine(1), newMachine(2)
	b.time = start.Add(time.Hour)
	floor := b.stamp(t)
	id, err := a.Stamp(floor)
	require.NoError(t, err)
	require.Positive(t, id.Compare(floor))
	require.Equal(t, floor.Time(), id.Time())
	require.True(t, a.Reached(id))
	require.Positive(t, a.stamp(t).Compare(id))
	b.time = b.time.Add(time.Millisecond)
	require.False(t, a.Reached(b.stamp(t)))
}

func TestBound(t *testing.T) {
	a, b := newMachine(1), newMachine(2)
	before := a.stamp(t)

	b.time = start.Add(hlc.DefaultBound)
	ahead := b.stamp(t)
	require.NoError(t, a.Observe(ahead))
	next := a.stamp(t)
	require.Positive(t, next.Compare(ahead))
	require.Equal(t, b.time, next.Timestamp().UTC())

	b.time = start.Add(hlc.DefaultBound + time.Millisecond)
	far := b.stamp(t)
	err := a.Observe(far)
	require.ErrorIs(t, err, hlc.ErrFuture)
	require.ErrorContains(t, err, "5m0.001s ahead")
	require.Negative(t, a.stamp(t).Compare(far))
	require.ErrorIs(t, a.Check(far), hlc.ErrFuture)
	require.NoError(t, a.Check(before))
	a.Bound = time.Hour
	require.NoError(t, a.Observe(far))
	require.Positive(t, a.stamp(t).Compare(far))

	// The greatest ULID is in the future of any clock, whatever the bound.
	var end ulid.ULID
	copy(end[:], bytes.Repeat([]byte{0xff}, 16))
	a.Bound = 1<<63 - 1
	a.time = time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, a.Check(end))
	require.NoError(t, a.Observe(end))
	_, err = a.Stamp(ulid.ULID{})
	require.ErrorIs(t, err, hlc.ErrExhausted)
	b.Bound = 100 * 365 * 24 * time.Hour
	require.ErrorIs(t, b.Check(end), hlc.ErrFuture)
}

func TestNoRandom(t *testing.T) {
	m := newMachine(1)
	m.Random = strings.NewReader("short")
	_, err := m.Stamp(ulid.ULID{})
	require.Error(t, err)
}

func TestParse(t *testing.T) {
	id := newMachine(1).stamp(t)
	parsed, err := hlc.Parse(id.String())
	require.NoError(t, err)
	require.Equal(t, id, parsed)
	for _, s := range []string{"", "x", strings.ToLower(id.String()), id.String() + "0", id.String()[1:], "8" + id.String()[1:],
		"U" + id.String()[1:], "O" + id.String()[1:], id.String()[:25] + "é"} {
		_, err := hlc.Parse(s)
		require.ErrorIs(t, err, hlc.ErrMalformed, s)
	}
}

// Machines with skewed and jumping clocks exchange stamps: no stamp is given twice, each is above those that its machine
// knows, and none is further ahead than the fastest clock was.
func TestCausality(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		machines := make([]*machine, 3)
		for i := range machines {
			machines[i] = newMachine(uint64(i))
		}
		known := make([]ulid.ULID, len(machines))
		seen := map[ulid.ULID]bool{}
		fastest := start
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			i := rapid.IntRange(0, len(machines)-1).Draw(t, "machine")
			m := machines[i]
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				m.time = m.time.Add(time.Duration(rapid.Int64Range(-400_000, 400_000).Draw(t, "ms")) * time.Millisecond)
				if m.time.After(fastest) {
					fastest = m.time
				}
			case 1:
				from := rapid.IntRange(0, len(machines)-1).Draw(t, "from")
				err := m.Observe(known[from])
				switch {
				case err == nil && known[from].Compare(known[i]) > 0:
					known[i] = known[from]
				case err != nil:
					require.True(t, errors.Is(err, hlc.ErrFuture))
					require.Greater(t, known[from].Timestamp().Sub(m.time), hlc.DefaultBound)
				}
			default:
				id := m.stamp(t)
				require.Positive(t, id.Compare(known[i]))
				require.False(t, seen[id])
				seen[id], known[i] = true, id
				require.LessOrEqual(t, id.Timestamp().Sub(fastest), time.Millisecond)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("01ARZ3NDEKTSV4RRFFQ69G5FAV")
	f.Add("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
	f.Add("8ZZZZZZZZZZZZZZZZZZZZZZZZZ")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := hlc.Parse(s)
		if err != nil {
			require.ErrorIs(t, err, hlc.ErrMalformed)
			return
		}
		require.Equal(t, s, id.String())
	})
}
