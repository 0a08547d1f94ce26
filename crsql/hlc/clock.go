// Package hlc is a hybrid logical clock whose stamps are ULIDs: Kulkarni, Demirbas, Madappa, Avva and Leone, "Logical
// Physical Clocks" (OPODIS 2014), in the form of https://github.com/ulid/spec.
//
// A stamp is the 48 bits of a time in milliseconds, as in every ULID, then 16 bits of a counter and 64 random bits. Each is
// above all that the clock has given or seen: if the machine's time has moved on it is that time, otherwise the counter
// moves. So stamps order what one machine did, and put an effect behind its cause that was made on another, also when the
// machines' times differ or go backwards. The random bits keep apart what two machines stamp at once.
package hlc

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/oklog/ulid/v2"
)

// DefaultBound is how far ahead of this machine's time a stamp may be.
const DefaultBound = 5 * time.Minute

// Clock gives stamps. It is not safe for use by several goroutines at once.
type Clock struct {
	// Now is the machine's time.
	Now func() time.Time
	// Random is read for the random bits.
	Random io.Reader
	// Bound is how far ahead of Now a stamp may be that Observe and Check take.
	Bound time.Duration

	last ulid.ULID
}

// New returns a clock that follows the machine's, with the default bound.
func New() *Clock {
	return &Clock{Now: time.Now, Random: rand.Reader, Bound: DefaultBound}
}

// counterAt is where the counter is in a ULID, and randomAt where the random bits are.
const (
	counterAt = 6
	randomAt  = 8
)

// Stamp returns a stamp above all that the clock gave, that it observed, and above floor. It does not look at Bound: a
// clock that runs behind its own stamps goes on counting. Its errors are those of Random, and ErrExhausted.
func (c *Clock) Stamp(floor ulid.ULID) (ulid.ULID, error) {
	if floor.Compare(c.last) < 0 {
		floor = c.last
	}
	var id ulid.ULID
	time, counter := floor.Time(), binary.BigEndian.Uint16(floor[counterAt:])
	switch now := c.now(); {
	case now > time:
		time, counter = now, 0
	case counter < math.MaxUint16:
		counter++
	default:
		time, counter = time+1, 0
	}
	if err := id.SetTime(time); err != nil {
		return id, ErrExhausted
	}
	binary.BigEndian.PutUint16(id[counterAt:], counter)
	if _, err := io.ReadFull(c.Random, id[randomAt:]); err != nil {
		return id, fmt.Errorf("hlc: %w", err)
	}
	c.last = id
	return id, nil
}

// now is the machine's time in milliseconds, as far as a ULID can tell it.
func (c *Clock) now() uint64 {
	ms := c.Now().UnixMilli()
	return min(uint64(max(ms, 0)), ulid.MaxTime())
}

// Check returns nil, or an error that wraps ErrFuture for a stamp more than Bound ahead of Now.
func (c *Clock) Check(id ulid.ULID) error {
	ahead := time.Duration(math.MaxInt64)
	if ms := int64(id.Time()) - int64(c.now()); ms < math.MaxInt64/int64(time.Millisecond) {
		ahead = time.Duration(ms) * time.Millisecond
	}
	if ahead > c.Bound {
		return fmt.Errorf("%w: %s is of %s, which is %s ahead of this machine's clock; %s are allowed",
			ErrFuture, id, id.Timestamp().UTC().Format(time.RFC3339), ahead, c.Bound)
	}
	return nil
}

// Reached reports whether the clock has given or seen a stamp that is not below this one.
func (c *Clock) Reached(id ulid.ULID) bool { return id.Compare(c.last) <= 0 }

// Observe takes in a stamp that another clock gave: the next ones are above it. Its error is that of Check, and then the
// clock is as it was.
func (c *Clock) Observe(id ulid.ULID) error {
	if err := c.Check(id); err != nil {
		return err
	}
	if id.Compare(c.last) > 0 {
		c.last = id
	}
	return nil
}

// Parse reads a ULID in its one spelling: 26 characters of Crockford's base 32, upper case. Its error wraps ErrMalformed.
// A ULID has one spelling, so that texts are equal and ordered as the ULIDs are.
func Parse(s string) (ulid.ULID, error) {
	id, err := ulid.ParseStrict(s)
	if err != nil || id.String() != s {
		return ulid.ULID{}, fmt.Errorf("%w: %q", ErrMalformed, s)
	}
	return id, nil
}
