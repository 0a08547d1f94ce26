package dbsp

import (
	"errors"
	"fmt"
)

// ErrCorrupt is wrapped by every error of a decoder: the bytes are not what the encoder writes, so the stored state is
// damaged or of another format.
var ErrCorrupt = errors.New("dbsp: stored state is damaged")

// ErrNegativeWeight is wrapped when a stored weight would sink below zero: more was removed than there was, so the
// stored state is damaged.
var ErrNegativeWeight = errors.New("dbsp: weight would become negative: stored state is damaged")

// corrupt says what a decoder found wrong.
func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}
