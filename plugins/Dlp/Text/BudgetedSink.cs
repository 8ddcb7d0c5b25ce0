namespace PluginMail.Dlp.Text;

/// <summary>Passes on as much text as the budget allows.</summary>
internal sealed class BudgetedSink(ITextSink target, TextBudget budget) : ITextSink
{
    /// <inheritdoc/>
    public bool IsFull { get; private set; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<char> text)
    {
        IsFull = IsFull || target.IsFull || !budget.TakeText(text.Length);
        if (!IsFull)
        {
            target.Write(text);
        }
    }

    /// <inheritdoc/>
    public void Break() => target.Break();
}
