package hlc

import "errors"

var (
	// ErrFuture is wrapped for a stamp further ahead of this machine's clock than the bound allows.
	ErrFuture = errors.New("hlc: stamp is too far in the future")
	// ErrMalformed is wrapped for what is no ULID in its one spelling.
	ErrMalformed = errors.New("hlc: not a ULID")
	// ErrExhausted is the error of a clock whose last stamp is the greatest there is, of the year 10889.
	ErrExhausted = errors.New("hlc: no stamp is above the last one")
)
