package pack

import (
	"errors"
	"fmt"
)

// ErrMalformed is wrapped by every error of Parse: the bytes are no package of values.
var ErrMalformed = errors.New("pack: malformed package")

// ErrTooMany is wrapped when more than 255 values are to be packed: the count is one byte.
var ErrTooMany = errors.New("pack: more than 255 values")

// ErrTooLong is wrapped when a text or blob of more than 4 GiB - 1 is to be packed.
var ErrTooLong = errors.New("pack: text or blob is too long")

// malformed says what was wrong, and at which byte.
func malformed(at int, what string) error {
	return fmt.Errorf("%w: %s at byte %d", ErrMalformed, what, at)
}
