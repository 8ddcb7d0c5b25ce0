namespace PluginMail.Filters.Evaluation;

/// <summary>Gives a test the values that it looks at.</summary>
internal abstract class ValueReader
{
    /// <summary>Whether the host may have to be asked.</summary>
    public virtual bool Waits => false;

    public abstract TextValue[] Read(FilterRun run);
}

/// <summary>A source that is known when the script is compiled.</summary>
/// <param name="slot">Index into <see cref="CompiledFilter.Sources"/>.</param>
internal sealed class SlotReader(int slot) : ValueReader
{
    public int Slot => slot;

    public override TextValue[] Read(FilterRun run) => run.Values(slot);
}

/// <summary>Values that only a run knows: names made of variables, strings, the part a loop is at.</summary>
internal sealed class RunReader(Func<FilterRun, TextValue[]> read, bool waits = false) : ValueReader
{
    public override bool Waits => waits;

    public override TextValue[] Read(FilterRun run) => read(run);
}
