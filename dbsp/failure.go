package dbsp

import (
	"encoding/binary"
	"strings"
)

// An element of FailureOp is the operator (4 bytes, big-endian, the sign bit flipped), the message as a key encoding and
// the row as an identity encoding. So the first element is the same whatever the order in which rows failed: the least
// message of the first operator.

// failureElement returns the element that stands for row having failed at op with message.
func failureElement(op OpID, row Row, message string) string {
	b := make([]byte, 0, 64+len(message))
	b = binary.BigEndian.AppendUint32(b, uint32(op)^1<<31)
	b = AppendKey(b, NewText(message), Binary)
	return string(AppendRow(b, row))
}

// DecodeFailure returns what Step.Fail was told when it added element to FailureOp. The error wraps ErrCorrupt.
func DecodeFailure(element string) (op OpID, row Row, message string, err error) {
	if len(element) < 5 || element[4] != keyText {
		return 0, nil, "", corrupt("a failure does not name its operator")
	}
	for i := range 4 {
		op = op<<8 | OpID(element[i])
	}
	op ^= -1 << 31
	n, err := keyBytesEnd(element[4:])
	if err != nil {
		return 0, nil, "", err
	}
	message, err = unescapeKey(element[5 : 4+n])
	if err != nil {
		return 0, nil, "", err
	}
	row, err = DecodeRow(element[4+n:], nil)
	if err != nil {
		return 0, nil, "", err
	}
	return op, row, message, nil
}

// unescapeKey returns the text of a BINARY key encoding, given without its tag; keyBytesEnd has checked its escapes.
func unescapeKey(b string) (string, error) {
	if strings.IndexByte(b, keyEnd) != len(b)-1 {
		return "", corrupt("a failure's message is cut short")
	}
	b = b[:len(b)-1]
	if strings.IndexByte(b, keyEscape) < 0 {
		return b, nil
	}
	var s strings.Builder
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == keyEscape {
			i++
			c = b[i] - keyZero
		}
		s.WriteByte(c)
	}
	return s.String(), nil
}
