namespace PluginMail.Smtp;

/// <summary>One step of a scan.</summary>
/// <param name="Consumed">How many octets, from the input's start, are done with.</param>
/// <param name="IsText">Whether they belong to the message; else they are transparency or the end.</param>
/// <param name="IsEnd">Whether the message ended with them.</param>
internal readonly record struct DataStep(int Consumed, bool IsText, bool IsEnd);

/// <summary>Finds the end of DATA and takes transparency away (RFC 5321 section 4.5.2), over octets that arrive in pieces.</summary>
/// <remarks>
/// What is passed on are runs of the input itself. Only CR LF dot CR LF ends the message: a bare CR or LF is reported, begins no line and ends none
/// (else a peer that reads it otherwise could be made to see another message behind it).
/// </remarks>
internal struct DataScanner
{
    private State _state;
    private StrictLineEnds _lineEnds;

    private enum State
    {
        LineStart,
        Text,
        Cr,
        Dot,
        DotCr,
    }

    /// <summary>Whether a bare CR or LF was seen.</summary>
    public readonly bool HasBareLineEnd => _lineEnds.IsBroken;

    /// <summary>Looks at the next octets.</summary>
    /// <param name="input">At least one octet; call again with what a step did not consume.</param>
    /// <returns>How far the scan came, and what that was.</returns>
    public DataStep Next(ReadOnlySpan<byte> input) => _state switch
    {
        State.LineStart when input[0] == '.' => Pass(1, State.Dot),
        State.Dot when input[0] == '\r' => Pass(1, State.DotCr),
        State.DotCr when input[0] == '\n' => new DataStep(1, IsText: false, IsEnd: true),
        State.DotCr => AfterDotCr(),
        State.Cr when input[0] == '\n' => Run(input[..1], State.LineStart),
        _ => Text(input),
    };

    private DataStep Pass(int count, State next)
    {
        _state = next;
        return new DataStep(count, IsText: false, IsEnd: false);
    }

    private DataStep AfterDotCr()
    {
        _lineEnds.Add("\rx"u8); // a bare CR behind the dot: the message is refused, the scan goes on
        return Pass(0, State.Text);
    }

    private DataStep Text(ReadOnlySpan<byte> input)
    {
        int dot = input.IndexOf("\r\n."u8);
        if (dot >= 0)
        {
            return Run(input[..(dot + 2)], State.LineStart);
        }

        State next = input[^1] == '\r' ? State.Cr : input.EndsWith("\r\n"u8) ? State.LineStart : State.Text;
        return Run(input, next);
    }

    private DataStep Run(ReadOnlySpan<byte> run, State next)
    {
        _lineEnds.Add(run);
        _state = next;
        return new DataStep(run.Length, IsText: true, IsEnd: false);
    }
}
